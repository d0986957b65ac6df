/**
 * Who may say whose password is reset, what callers can reach, and whether a promised call-back can
 * be made.
 */
import { dangerousSteps, leadsToBranch8, reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import { checkKeyMode } from './key-checks.ts';
import type { Endpoint, PbxFacts, Step } from './pbx-facts.ts';
import { checkWayToIdentity } from './way-to-identity.ts';

/** Address of `trunk-out` as shipped: a phone of the tests. */
const testPhone = 'sip:127.0.0.4:5060';

/**
 * Checks each endpoint whose callers can reach branch 8: may it say who is calling, and what else
 * can they reach?
 */
export function checkTrunks(pbx: PbxFacts): Finding[] {
  const callsBack = callBackTrunk(pbx);
  return pbx.endpoints.flatMap((endpoint) => {
    const isWayIn = leadsToBranch8(pbx, endpoint.context);
    return [
      ...(isWayIn ? [checkIdentity(endpoint, pbx), ...checkWayToIdentity(endpoint, pbx)] : []),
      ...(isWayIn || endpoint.name === callsBack ? checkKeyMode(endpoint, pbx) : []),
      ...(isWayIn && isTrunk(endpoint) ? [checkSteps(endpoint, pbx), checkParameters(endpoint, pbx)] : []),
    ];
  });
}

/** Whether it is identified by its address, or not at all; phones log in by name. */
function isTrunk({ name, matches }: Endpoint): boolean {
  return matches.length > 0 || name === 'anonymous';
}

function checkIdentity(endpoint: Endpoint, pbx: PbxFacts): Finding {
  const { name, rule } = endpoint;
  const wrong =
    name === 'anonymous'
      ? 'strangers can reach branch 8; remove the endpoint or its context'
      : wrongWith(endpoint, pbx);
  const title = `identity of ${name}`;
  if (wrong !== undefined)
    return { title, verdict: 'danger', detail: rule || 'no rule', change: `pjsip.conf, [${name}]: ${wrong}` };
  const doubt = doubtAbout(endpoint, pbx);
  return expectThat(
    title,
    doubt === undefined,
    rule || 'no rule',
    `pjsip.conf, [${name}]: ${doubt}`,
    'warning',
  );
}

/** What lets a caller choose the number that they appear to call from; undefined if nothing does. */
function wrongWith(
  { rule, callerId, trustsClaims, context, matches }: Endpoint,
  pbx: PbxFacts,
): string | undefined {
  if (rule === 'asserted') {
    if (callerId === '')
      return 'callerid = <the one number of this phone>; without it, "asserted" trusts what the phone claims';
    return trustsClaims ? 'trust_id_inbound = no; the phone could claim another number' : undefined;
  }
  if (!['pai-required', 'pai-or-from', 'stir-shaken-a'].includes(rule)) return undefined; // trusts no caller, or becomes pai-required
  if (matches.length === 0)
    return 'only a carrier identified by its address (type = identify) may assert numbers; for a phone, set HOTLINE_IDENTITY=asserted and a callerid';
  const wide = matches.filter(isWide);
  if (wide.length > 0)
    return `match = only the addresses of the carrier; ${wide.join(', ')} lets whole networks assert numbers`;
  return leadsToBranch8(pbx, context, 'hotline-identity')
    ? `send [${context}] through Goto(hotline-identity,s,1), which checks Privacy and signatures`
    : undefined;
}

/** What works, but trusts too much or no caller; undefined if nothing does. */
function doubtAbout(
  { rule, numbers, context }: Endpoint,
  { modules, dialplan }: PbxFacts,
): string | undefined {
  if (!['', 'national'].includes(numbers))
    return `set_var = HOTLINE_NUMBERS=national, or leave it out (docs/trunks.md); "${numbers}" counts as left out`;
  if (rule === 'pai-or-from')
    return 'pai-or-from is for a carrier that sets or checks From itself; otherwise set HOTLINE_IDENTITY=pai-required';
  const signed = ['res_stir_shaken.so', 'res_pjsip_stir_shaken.so'].every((name) => modules.includes(name));
  if (rule === 'stir-shaken-a' && !signed)
    return 'load res_stir_shaken.so and res_pjsip_stir_shaken.so (docs/trunks.md); until then no caller is trusted';
  const known = ['asserted', 'pai-required', 'pai-or-from', 'stir-shaken-a'].includes(rule);
  if (known || (rule === '' && reachable(dialplan, context).has('hotline-identity'))) return undefined;
  return 'set_var = HOTLINE_IDENTITY=…; without a known rule no caller is trusted';
}

/** More than 65,536 IPv4 addresses, or more than a /32 of IPv6. */
function isWide(match: string): boolean {
  const [address = '', mask = ''] = match.split('/');
  if (mask === '') return false;
  if (!mask.includes('.') && !mask.includes(':')) return Number(mask) < (address.includes(':') ? 32 : 16);
  return mask.includes(':') ? !/^ffff:ffff\b/i.test(mask) : !mask.startsWith('255.255.');
}

function checkSteps({ name, context }: Endpoint, pbx: PbxFacts): Finding {
  const found = dangerousSteps(pbx, context).map((step) => `[${step.context}] ${step.does}`);
  return expectThat(
    `what callers of ${name} can reach`,
    found.length === 0,
    found.join('; ') || 'only the hotline',
    'extensions*.conf: let no trunk reach a step that dials what a caller chose, runs a program or records',
  );
}

/** Asterisk looks for `19009068;npdi` as it stands unless it is told not to (res_pjsip_session.c, get_destination). */
function checkParameters({ name }: Endpoint, { ignoresUserOptions }: PbxFacts): Finding {
  return expectThat(
    `numbers called over ${name}`,
    ignoresUserOptions,
    ignoresUserOptions ? 'with or without parameters' : 'without parameters only',
    'pjsip.conf, [global]: type = global and ignore_uri_user_options = yes, then pjsip reload; until then a call to 19009068;npdi, as carriers with number portability send it, gets 404',
    'warning',
  );
}

/** Whether a step of the context that calls back is behind another pattern than that of a Vietnamese number. */
const dialsMore = ({ extension, does, isInclude }: Step): boolean =>
  !isInclude && !/^_?84/.test(extension) && !/^(Set\(|Goto\(hotline-call-back,\$\{FILTER\(0-9,)/.test(does);

/** The endpoint through which registered numbers are called; undefined if none is dialled. */
export function callBackTrunk({
  dialplan,
  callsTrunk,
}: Pick<PbxFacts, 'dialplan' | 'callsTrunk'>): string | undefined {
  const contexts = reachable(dialplan, 'hotline-call-back');
  const dialled = dialplan
    .flatMap(
      ({ context, does }) =>
        (contexts.has(context) && /^Dial\(PJSIP\/[^,]*@(\$\{TRUNK\}|[\w.-]+)/.exec(does)) || [],
    )
    .at(1);
  return dialled === '${TRUNK}' ? callsTrunk || 'trunk-out' : dialled;
}

/**
 * Checks that a call-back can be made: with `risk` or `always`, callers are told to hang up and
 * wait for one.
 */
export function checkCallBack(pbx: PbxFacts, mode: 'off' | 'risk' | 'always'): Finding {
  const { dialplan, endpoints } = pbx;
  const title = 'call-back';
  if (mode === 'off')
    return { title, verdict: 'ok', detail: 'off: over its limit, a code is left to the operator' };
  const danger = (detail: string, change: string): Finding => ({
    title,
    verdict: 'danger',
    detail: `${mode}, but ${detail}`,
    change: `${change}, or CALL_BACK=off`,
  });
  const trunk = callBackTrunk(pbx);
  if (trunk === undefined)
    return danger(
      '[hotline-call-back] dials no trunk',
      'extensions.conf: #include extensions-call-back.conf',
    );
  const open = dialplan.find((step) => step.context === 'hotline-call-back' && dialsMore(step));
  if (open !== undefined)
    return danger(
      `${open.extension} can be dialled too`,
      'extensions-call-back.conf: only patterns that begin with _84',
    );
  const endpoint = endpoints.find(({ name }) => name === trunk);
  if (endpoint === undefined)
    return danger(
      `there is no endpoint ${trunk}`,
      `pjsip.conf: [${trunk}], or the name of yours in extensions-site.conf: HOTLINE_CALLS_TRUNK`,
    );
  const { contacts } = endpoint;
  if (contacts.length === 0)
    return danger(
      `the endpoint ${trunk} has no contact`,
      `pjsip.conf, [${trunk}]: type = aor, contact = sip:<your carrier>`,
    );
  if (contacts.every(({ status }) => /^(Unreachable|Unavail)/i.test(status)))
    return danger(`${trunk} does not answer`, `make ${trunk} reachable`);
  const isTest = contacts.every(({ uri }) => uri === testPhone);
  const detail = `${mode}, by ${trunk}${contacts.some(({ status }) => status === 'NonQualified') ? ' (set qualify_frequency to know whether it answers)' : ''}`;
  return expectThat(
    title,
    !isTest,
    detail,
    `pjsip.conf, [${trunk}]: contact = sip:<your carrier>; ${testPhone} is a phone of the tests`,
    'warning',
  );
}
