/** Do keys arrive, and each once? How a carrier or phone sends them: docs/trunks.md, "Keys and media". */
import { leadsToBranch8 } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { Endpoint, PbxFacts } from './pbx-facts.ts';

const byInfo = 'res_pjsip_dtmf_info.so';

/** What an endpoint is set to. */
export function checkKeyMode(
  { name, keys }: Pick<Endpoint, 'name' | 'keys'>,
  { modules }: Pick<PbxFacts, 'modules'>,
): Finding[] {
  const title = `keys of ${name}`;
  // Asterisk's default: a phone that does not offer RFC 4733 keys in vain, and nothing says so.
  if (keys === 'rfc4733')
    return [
      {
        title,
        verdict: 'warning',
        detail: 'RFC 4733 only',
        change: `pjsip.conf, [${name}]: dtmf_mode = auto, which also hears tones where RFC 4733 is not offered (docs/trunks.md)`,
      },
    ];
  if (keys !== 'info' || modules.includes(byInfo)) return [];
  return [
    {
      title,
      verdict: 'danger',
      detail: `SIP INFO only, and ${byInfo} is not loaded: no key arrives`,
      change: `modules.conf: require = ${byInfo}, then restart Asterisk; or pjsip.conf, [${name}]: dtmf_mode = auto`,
    },
  ];
}

/** The module takes keys by INFO on every endpoint. Only `dtmf_mode = info` takes no others besides. */
export function checkKeysOnce(pbx: PbxFacts): Finding {
  const doubled = pbx.endpoints.filter(
    ({ keys, context }) => keys !== 'info' && leadsToBranch8(pbx, context),
  );
  const isLoaded = pbx.modules.includes(byInfo);
  return expectThat(
    'keys counted once',
    !isLoaded || doubled.length === 0,
    !isLoaded
      ? 'RFC 4733 and tones'
      : doubled.length === 0
        ? 'SIP INFO, and nothing else besides'
        : `SIP INFO besides RFC 4733 or tones, at ${doubled.map(({ name }) => name).join(', ')}`,
    `modules.conf: noload = ${byInfo}, then restart Asterisk; or, for a carrier that sends keys by INFO alone, dtmf_mode = info on its endpoint (docs/trunks.md). At ${doubled.map(({ name }) => name).join(', ')} a key that comes both ways counts twice`,
    'warning',
  );
}

/** Calls that heard the whole menu, and of which not one key came. */
export function checkKeysArrive({ endpoints, withoutKeys }: PbxFacts): Finding[] {
  return endpoints.flatMap(({ name }) => {
    const last = withoutKeys.get(name);
    if (last === undefined) return [];
    return {
      title: `keys from ${name}`,
      verdict: 'warning',
      detail: `none since a call that had no key at all: ${last}`,
      change: 'call from there and press a key; if nothing happens: docs/trunks.md, "Keys and media"',
    };
  });
}
