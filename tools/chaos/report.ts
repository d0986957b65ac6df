/** Writes what a campaign found, as Markdown. */
import { describeFault } from './call-fault.ts';
import { stepNames as callSteps } from './call-step.ts';
import { boundOf } from './silence-bound.ts';
import type { CallResult } from './call-stage.ts';
import type { CallEnd } from './heard.ts';
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

- I1 to I5 hold, as [call-flow.md](call-flow.md#invariants) states them. Every call that heard a word from the application has exactly one terminal row, even when the application was killed while the database was unreachable. (A machine that never comes back takes its journal along: of its calls, those that the database knew of.) In real calls, heard is what the caller's phone received while it was not on hold.
- A caller who was told of a fault is not charged for an attempt, neither by phone nor by code. A wrong code that was checked while the PBX was struck stays charged.
- I8 holds: every caller who stays on the line hears how the call ended, a result or an apology; in real calls no caller is left in silence for more than 3 s, or asked to wait for more than 20 s ([the bounds by kind](#real-calls), [why](adr/0041-fault-campaign.md)).
- The service recovers by itself: within 30 s a further call gets its password, and that password works.

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
  return `${results.length} trials with ${calls.length} calls. They run the shipped code from the channel down to the socket of a real MariaDB, over a channel without a PBX on which sounds take milliseconds. Two applications, each a process of its own with a call journal, share the database as two machines do; of the second calls for an account, half go to the other machine. ${heard('changed')} callers were told "changed", ${heard('fault')} that the change failed, ${heard('fault-unconfirmed')} that it is uncertain; ${heard('interrupted')} heard the apology of a successor.

| fault | what happens |
|---|---|
| kill-application, kill-database | \`kill -9\`; the application's successor starts after up to 0.6 s, the database after up to 2.5 s |
| stop-application, stop-database | SIGSTOP for 1 to 20 s |
| lose-both | connections to the database are refused, and the application is killed meanwhile |
| lose-statement, lose-answer | the connection breaks before the statement, or between the statement and its answer; at a step "COMMIT", between COMMIT and its answer |
| delay-statement | the statement arrives late, sometimes long after the application has given up |
| refuse-connections, silent-network | new connections are refused, or nothing passes, for up to 14 s |
| lose-machine | \`kill -9\`, and the application never comes back: the other one closes its calls, and serves the next |
| fill-disk, fill-journal | the database's file system, or that of the call journal, is full |
| forget-connections | a middle box has dropped the idle connections, and tells nobody |
| read-only | failover: the connections break, and the server then refuses every change for up to 4 s |
| exhaust-connections | our connections break, and a stranger takes every connection of the server |
| lock-rows | a stranger holds the locks of all accounts and of all limits |
| jump-application-clock, jump-database-clock | forwards or backwards, by 0.5 s to 400 days |
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
  return `${results.length} trials with ${results.reduce((sum, { callers }) => sum + callers.length, 0)} calls, and a good call after each, to the shipped \`hotline run\`: real SIP and RTP; Asterisk, MariaDB and the application as processes of their own; one proxy before the database and one before ARI. What callers heard is recognised from the audio. ${repeatsOf(results)}The calls of a trial start at different times, so the fault finds them at different steps.

Outcomes on record: ${[...outcomes].map(([outcome, all]) => `${all.length} ${outcome}`).join(', ')}.

What became of the callers, by kind of fault. *Served*: heard the password and that it is the new one. *Apologised to*: heard why not, and was let go or led to the operator. *Cut off*: the line went dead without a word. *Left*: hung up as planned. A silence is counted from the end of one sound to the beginning of the next, or to the end of the call; not while a question waits for its first key, and not while the phone takes no sound. The longest wait is from the first «xin vui lòng chờ» to an answer or apology.

${experienceTable(results)}
${exceptions(results)}

Calls by fault, and by the step at which it found them:

${table(rows, callSteps)}
`;
}

function repeatsOf(results: readonly CallResult[]): string {
  const repeated = results.filter(({ repeats }) => repeats > 0).length;
  if (repeated === 0) return '';
  return `${repeated} were run again, because the process that receives the calls stood still for longer than a silence exceeded its bound. `;
}

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;

/** A row for each kind of fault: how many callers ended how, and their longest silence beside its bound. */
function experienceTable(results: readonly CallResult[]): string {
  const rows = [...Map.groupBy(results, ({ trial }) => describeFault(trial.fault))]
    .sort(([one], [other]) => one.localeCompare(other))
    .map(([fault, all]) => {
      const callers = all.flatMap((result) => result.callers);
      const count = (...ends: CallEnd[]) => callers.filter(({ end }) => ends.includes(end)).length;
      const bound = Math.max(...all.map(({ trial }) => boundOf(trial.fault).silenceMs));
      return [
        fault,
        callers.length,
        count('served'),
        count('apologised'),
        count('cut', 'endless'),
        count('left'),
        seconds(Math.max(...callers.map(({ silenceMs }) => silenceMs))),
        Number.isFinite(bound) ? seconds(bound) : 'none',
        seconds(Math.max(...callers.map(({ waitMs }) => waitMs))),
      ];
    });
  const head = [
    ...['fault', 'calls', 'served', 'apologised to', 'cut off', 'left'],
    ...['longest silence', 'bound', 'longest wait'],
  ];
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join('');
}

/** Why some kinds of faults have a bound of their own. */
function exceptions(results: readonly CallResult[]): string {
  const reasons = results.flatMap(({ trial }) => {
    const { reason } = boundOf(trial.fault);
    return reason === undefined ? [] : [`- ${describeFault(trial.fault)}: ${reason}.`];
  });
  return `The bound is 3 s, and the packet or two by which the recogniser is late; after «xin vui lòng chờ» a caller has an answer or an apology within 20 s. The kinds with another bound:\n\n${[...new Set(reasons)].sort().join('\n')}`;
}

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
