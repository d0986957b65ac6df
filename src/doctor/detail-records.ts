/** Whether Asterisk records full numbers of callers of the hotline: call detail records, channel events. */
import { isServing, reachable } from './dialplan.ts';
import { expectThat, type Finding } from './finding.ts';
import type { PbxFacts, Step } from './pbx-facts.ts';

/** Contexts of the hotline in which a call begins or is served. */
const ownContexts = ['hotline-identity', 'hotline-menu', 'hotline-application', 'hotline-call-back'];
/** Each of them begins with this. */
const switchesOff = /^Set\(CDR_PROP\(disable\)=(1|yes|true|on)\)$/i;
const switchesOn = /^Set\(CDR_PROP\(disable\)=/i;

/** Records of other calls are the PBX's own business. A `Goto(hotline-operator,s,1)` is still a call of the hotline. */
export function checkDetailRecords(pbx: PbxFacts): Finding {
  const title = 'call detail records';
  if (!pbx.writesDetailRecords) return { title, verdict: 'ok', detail: 'off' };
  const recorded = recordedContexts(pbx);
  const change = 'copy extensions-hotline.conf, extensions-identity.conf and extensions-call-back.conf anew';
  if (!pbx.modules.includes('func_cdr.so'))
    return expectThat(title, false, 'func_cdr.so is not loaded', `load func_cdr.so, or ${off}`);
  return expectThat(
    title,
    recorded.length === 0,
    recorded.length > 0
      ? `on for ${recorded.join(', ')}`
      : ['on, but not for calls of the hotline', ...billedContexts(pbx)].join('; on again in '),
    `${change}: they begin with Set(CDR_PROP(disable)=1); or ${off}. Records hold full phone numbers`,
  );
}

const off = 'cdr.conf: enable = no';

/** Contexts that serve callers or call them back, and whose calls are recorded: `[hotline-menu]`. */
function recordedContexts({ dialplan }: Pick<PbxFacts, 'dialplan'>): string[] {
  const contexts = new Set([...ownContexts, ...dialplan.filter(isServing).map(({ context }) => context)]);
  return [...contexts]
    .map((name) => ({ name, steps: dialplan.filter(({ context }) => context === name) }))
    .filter(({ steps }) => steps.length > 0 && !isSwitchedOff(steps))
    .map(({ name }) => `[${name}]`);
}

/** Where a context has the application serve, the same extension must have switched its records off before. */
function isSwitchedOff(steps: readonly Step[]): boolean {
  const serving = [...Map.groupBy(steps, ({ extension }) => extension).values()].filter((each) =>
    each.some(isServing),
  );
  if (serving.length === 0) return steps.some(({ does }) => switchesOff.test(does));
  return serving.every((each) => {
    const before = each.slice(0, each.findIndex(isServing));
    return switchesOff.test(before.findLast(({ does }) => switchesOn.test(does))?.does ?? '');
  });
}

/** Contexts that callers of the hotline can reach and that switch their records on again. */
function billedContexts({ dialplan }: Pick<PbxFacts, 'dialplan'>): string[] {
  const contexts = reachable(dialplan, 'hotline-menu');
  const isOn = ({ context, does }: Step) =>
    contexts.has(context) && switchesOn.test(does) && !switchesOff.test(does);
  return [...new Set(dialplan.filter(isOn).map(({ context }) => `[${context}]`))];
}

/** Asterisk cannot switch these off for one call (main/cel.c). */
export function checkChannelEvents({ files }: PbxFacts): Finding {
  const settings = files['cel.conf'].get('general') ?? new Map<string, string>();
  const isOn = /^(yes|true|y|t|1|on)$/i.test(settings.get('enable') ?? '');
  const events = settings.get('events') ?? '';
  return expectThat(
    'channel event logging',
    !isOn || events === '',
    isOn ? `on: ${events || 'no events'}` : 'off',
    'cel.conf: enable = no, or no events; they hold full phone numbers, and cannot be switched off for one call',
  );
}
