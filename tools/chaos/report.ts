/** Writes what a campaign found, as Markdown. */
import { describeFault, steps as callSteps } from './call-trial.ts';
import type { CallResult } from './call-stage.ts';
import type { Violation } from './checker.ts';
import { describeViolations, type TrialResult } from './protocol-campaign.ts';
import { isDatabaseStep, steps } from './steps.ts';

/** What results of both kinds have in common. */
interface Row {
  readonly seed: string;
  readonly fault: string;
  /** Steps of the calls that the fault struck; empty if they were over. */
  readonly struckAt: readonly string[];
  readonly violations: readonly Violation[];
}

/** Faults that strike a statement of the database or its answer, and nothing else. */
const linkFaults: readonly string[] = ['lose-statement', 'lose-answer', 'delay-statement'];

/** @param calls results of the trials with real calls */
export function report(
  results: readonly TrialResult[],
  calls: readonly CallResult[],
  asked: { seed: string; count: number; calls: number },
): string {
  const protocol = results.map(({ trial, struck, violations }): Row => {
    return {
      seed: trial.seed,
      fault: trial.fault.kind,
      struckAt: struck ? [trial.fault.at.step] : [],
      violations,
    };
  });
  const real = calls.map(({ trial, struckAt, violations }): Row => ({
    seed: trial.seed,
    fault: describeFault(trial.fault),
    struckAt,
    violations,
  }));
  const failed = [...protocol, ...real].filter(({ violations }) => violations.length > 0);
  return `# Fault campaign

Made by \`make chaos SEED=${asked.seed} COUNT=${asked.count} CALLS=${asked.calls}\`. **${protocol.length + real.length} trials, ${failed.length} with a violation.**

There are two kinds of trials, both drawn from the seed. After each one, [checker.ts](../tools/chaos/checker.ts), which has tests of its own, reads the database, the audit log and what the callers heard, and checks that

- I1 to I5 hold, as [call-flow.md](call-flow.md#invariants) states them. Every call that heard a word from the application has exactly one terminal row, even when the application was killed while the database was unreachable.
- A caller who was told of a fault is not charged for an attempt, neither by phone nor by code. A wrong code that was checked while the PBX was struck stays charged.
- Every caller who stays on the line hears how the call ended: a result or an apology, and goodbye.
- No caller waits for the database in silence for more than 3.5 s, or for more than 20 s in all (measured in real calls).
- The service recovers by itself: of up to three further calls, one gets its password, and that password works.

${failed.map(({ seed, violations }) => `- trial ${seed}: ${describeViolations(violations)}`).join('\n')}
## Application and database

${protocolSection(results, protocol)}
## Real calls

${real.length === 0 ? 'None were requested.' : callSection(calls, real)}
`;
}

function protocolSection(results: readonly TrialResult[], rows: readonly Row[]): string {
  const calls = results.flatMap((result) => result.calls);
  const heard = (sound: string) => calls.filter((call) => call.heard.includes(`hotline/${sound}`)).length;
  return `${results.length} trials with ${calls.length} calls. They run the shipped code from the channel down to the socket of a real MariaDB, over a channel without a PBX on which sounds take milliseconds. Each application is a process of its own with a call journal. ${heard('changed')} callers were told "changed", ${heard('fault')} that the change failed, ${heard('fault-unconfirmed')} that it is uncertain; ${heard('interrupted')} heard the apology of a successor.

| fault | what happens |
|---|---|
| kill-application, kill-database | \`kill -9\`; the application's successor starts after up to 0.6 s, the database after up to 2.5 s |
| stop-application, stop-database | SIGSTOP for 1 to 20 s |
| lose-both | connections to the database are refused, and the application is killed meanwhile |
| lose-statement, lose-answer | the connection breaks before the statement, or between the statement and its answer; at a step "COMMIT", between COMMIT and its answer |
| delay-statement | the statement arrives late, sometimes long after the application has given up |
| refuse-connections, silent-network | new connections are refused, or nothing passes, for up to 14 s |
| fill-disk | the database's file system is full |
| jump-application-clock, jump-database-clock | forwards or backwards, by 1.5 s to 400 days |
| none | the same calls without a fault |

Trials by fault and by the step at which it struck. At a step of the database the fault strikes before one of its statements arrives, or after its answer; at any other step, when its sound begins. A dash means that the fault strikes only statements of the database.

${table(rows, steps, (fault, step) => linkFaults.includes(fault) && !isDatabaseStep(step as (typeof steps)[number]))}
"After the call" means that the call took another path and did not reach the step. The fault struck when the call was over, and what was stored had to survive.
`;
}

function callSection(results: readonly CallResult[], rows: readonly Row[]): string {
  const outcomes = Map.groupBy(
    results.flatMap((result) => result.outcomes),
    (outcome) => outcome,
  );
  const longest = Math.max(...results.map(({ longestWaitMs }) => longestWaitMs));
  const quiet = Math.max(...results.map(({ longestSilenceMs }) => longestSilenceMs));
  return `${results.length} trials with ${results.reduce((sum, { heard }) => sum + heard.length, 0)} calls, and a good call after each, to the shipped \`hotline run\`: real SIP and RTP; Asterisk, MariaDB and the application as processes of their own; one proxy before the database and one before ARI. What callers heard is recognised from the audio. The calls of a trial start at different times, so the fault finds them at different steps.

Outcomes on record: ${[...outcomes].map(([outcome, all]) => `${all.length} ${outcome}`).join(', ')}. With the database unreachable, stopped or killed, the longest time from "please wait" to the answer or apology was ${seconds(longest)}, and the longest silence was ${seconds(quiet)}.

Calls by fault, and by the step at which it found them:

${table(rows, Object.keys(callSteps))}
`;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/**
 * A table with a column for each fault, a row for each step, and in the cells how often the fault
 * struck there.
 */
function table(
  rows: readonly Row[],
  stepNames: readonly string[],
  isImpossible: (fault: string, step: string) => boolean = () => false,
): string {
  const faults = [...new Set(rows.map(({ fault }) => fault))].sort();
  const of = (fault: string) => rows.filter((row) => row.fault === fault);
  const count = (fault: string, step: string) =>
    of(fault).reduce((sum, { struckAt }) => sum + struckAt.filter((at) => at === step).length, 0);
  const lines = stepNames.map((step) => {
    const cells = faults.map((fault) => (isImpossible(fault, step) ? '–' : String(count(fault, step))));
    return [step, ...cells, String(faults.reduce((sum, fault) => sum + count(fault, step), 0))];
  });
  const after = faults.map((fault) => of(fault).filter(({ struckAt }) => struckAt.length === 0).length);
  const violated = faults.map((fault) => of(fault).filter(({ violations }) => violations.length > 0).length);
  const total = (numbers: readonly number[]) =>
    [...numbers, numbers.reduce((sum, number) => sum + number, 0)].map(String);
  const all = [
    ['step', ...faults, 'all'],
    ['---', ...faults.map(() => '---'), '---'],
    ...lines,
    ['after the call', ...total(after)],
    ['**trials**', ...total(faults.map((fault) => of(fault).length))],
    ['**with a violation**', ...total(violated)],
  ];
  return all.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}
