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
  return /^(Goto|Gosub|Macro|ExecIf|GotoIf|GosubIf|Dial)/i.test(does)
    ? does.split(/[^\w.-]+/).filter((word) => names.has(word))
    : [];
}

/** Whether a call can reach branch 8, which resets passwords, from `start`. */
export function leadsToBranch8(
  { dialplan }: Pick<PbxFacts, 'dialplan'>,
  start: string,
  without?: string,
): boolean {
  const contexts = reachable(dialplan, start, without);
  return dialplan.some(({ context, does }) => contexts.has(context) && /^Stasis\([^,]*,reset\b/i.test(does));
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
