/** Which contexts of the dialplan a call can reach, and what it can do there. */
import type { PbxFacts, Step } from './pbx-facts.ts';

/**
 * All contexts that a call can reach from `start` by `Goto`, `Gosub` or `include`, with `start`
 * itself. Too many rather than too few: any step that names a context counts. A context named by a
 * variable is not followed.
 *
 * @param without a context that is not entered
 */
export function reachable(dialplan: readonly Step[], start: string, without?: string): ReadonlySet<string> {
  const names = new Set(
    dialplan.flatMap(({ context, does, isInclude }) => (isInclude ? [context, does] : [context])),
  );
  const steps = Map.groupBy(dialplan, ({ context }) => context);
  const reached = new Set([start].filter((context) => context !== without && names.has(context)));
  for (const context of reached)
    // also those that are added meanwhile
    for (const step of steps.get(context) ?? [])
      for (const next of contextsNamed(step, names))
        if (next !== without && names.has(next)) reached.add(next);
  return reached;
}

/** Contexts that a step leads to, or includes. */
export function contextsNamed({ does, isInclude }: Step, names: ReadonlySet<string>): string[] {
  if (isInclude) return [does];
  return /^(Goto|Gosub|Macro|ExecIf|GotoIf|GosubIf|Dial|Queue)/i.test(does)
    ? does.split(/[^\w.-]+/).filter((word) => names.has(word))
    : [];
}

/** Whether a step hands a call to the application, as the shipped one does or a copy of it. */
export function isServing({ does }: Pick<Step, 'does'>): boolean {
  return /^Stasis\([^,]*,(reset\b|.*\$\{HOTLINE_IDENTITY\})/i.test(does);
}

/** Whether a call can reach branch 8, which resets passwords, from `start`. In doubt it can. */
export function leadsToBranch8(
  { dialplan }: Pick<PbxFacts, 'dialplan'>,
  start: string,
  without?: string,
): boolean {
  const contexts = reachable(dialplan, start, without);
  const steps = dialplan.filter(({ context }) => contexts.has(context));
  const serving = Map.groupBy(
    steps.filter(isServing).filter(({ does }) => !servesOther.test(does)),
    ({ context }) => context,
  );
  return [...serving].some(
    ([context, served]) =>
      context === start ||
      served.some(({ does }) => servesReset.test(does)) ||
      steps.some((step) => entersAsReset(step, context)),
  );
}

const servesReset = /^Stasis\([^,]*,reset\b/i;
const servesOther = /^Stasis\([^,]*,(?!reset\b)[a-z0-9-]+,/i;

const isOtherName = (word = '') => /^[a-z][a-z0-9-]+$/i.test(word) && !/^reset$/i.test(word);

/** Whether a step leads into a context that serves every branch, other than by the name of another branch. */
function entersAsReset({ context, does, isInclude }: Step, serving: string): boolean {
  if (context === serving || (isInclude && does !== serving)) return false;
  if (isInclude) return true;
  const words = does.split(/([^\w.-]+)/); // with what stands between them
  return words.some((word, at) => word === serving && !(words[at + 1] === ',' && isOtherName(words[at + 2])));
}

/**
 * Steps reachable from `start` that call out, run programs or record. A `Dial` to one fixed place is
 * an operator, and is not among them.
 */
export function dangerousSteps({ dialplan }: Pick<PbxFacts, 'dialplan'>, start: string): Step[] {
  const contexts = reachable(dialplan, start);
  const callsOut = (does: string) => {
    const at = does.search(/\b(Dial|RetryDial|Originate|Page|FollowMe)\(/i);
    return at >= 0 && does.includes('${', at);
  };
  const runsOrRecords =
    /\b(System|TrySystem|ExternalIVR|E?AGI|DISA|Record|Monitor|MixMonitor|ChanSpy|ExtenSpy)\(/i;
  return dialplan.filter(
    ({ context, does, isInclude }) =>
      !isInclude && contexts.has(context) && (callsOut(does) || runsOrRecords.test(does)),
  );
}
