/**
 * `make chaos SEED=… COUNT=…`: faults at every step, drawn from a seed. After each trial a checker
 * decides whether the hotline kept its promises (checker.ts).
 *
 *     node tools/chaos/campaign.ts --seed 2026 --count 1000 --report docs/chaos-report.md
 *     … --calls 60                                        also real calls, with faults of the real processes
 *     node tools/chaos/campaign.ts --trial 2026-17        one trial again, with everything that was heard
 *     node tools/chaos/campaign.ts --seed 2026 --call 17  one trial with real calls; or several: 17,18
 *
 * Exits with 1 if any invariant was broken. Needs root (it tries sudo): databases get file systems of
 * their own, in a mount and network namespace that ends with this process.
 */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { asRoot } from '../../tests/support/machine/run-as-root.ts';
import { ensurePrivateRoot } from '../../tests/support/machine/private-root.ts';
import { inOwnNamespaces, runCallCampaign } from './call-campaign.ts';
import type { CallResult } from './call-stage.ts';
import { describeFault } from './call-fault.ts';
import { describeViolations, runProtocolCampaign, type TrialResult } from './protocol-campaign.ts';
import { report } from './report.ts';
import { steps } from './steps.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000' },
    trial: { type: 'string', default: '' },
    report: { type: 'string', default: '' },
    lanes: { type: 'string', default: '8' },
    calls: { type: 'string', default: '0' },
    call: { type: 'string', default: '' },
    'call-lanes': { type: 'string', default: '8' },
    inside: { type: 'boolean', default: false },
  },
});
/** This many trials strike every step. */
const enoughForAll = 300;
const say = (line: string) => void process.stdout.write(`${line}\n`);

if (options.inside) await campaign();
else {
  await ensurePrivateRoot();
  const [file = '', ...rest] = asRoot([
    ...inOwnNamespaces,
    process.execPath,
    ...process.argv.slice(1),
    '--inside',
  ]);
  const child = spawn(file, rest, { stdio: 'inherit' });
  const [kill = '', ...words] = asRoot(['sh', '-c', `kill ${child.pid}`]);
  process.on('SIGTERM', () => void spawnSync(kill, words)); // or it would go on alone
  const [code] = (await once(child, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
}

async function campaign(): Promise<void> {
  const { seed, trial, call } = options;
  const seeds = trial
    ? [trial]
    : call
      ? []
      : Array.from({ length: Number(options.count) }, (_, index) => `${seed}-${index + 1}`);
  const results: TrialResult[] = [];
  const tell = progress('trials of application and database', seeds.length);
  const onResult = (result: TrialResult) => {
    results.push(result);
    if (result.violations.length > 0 || trial) tellTrial(result);
    tell();
  };
  const shared = Math.min(Number(options.lanes), seeds.length);
  await runProtocolCampaign({ seeds, lanes: { shared, own: Math.ceil(shared / 2) }, onResult });
  const failed = results.filter(({ violations }) => violations.length > 0);
  if (results.length > 0)
    say(`${results.length} trials of application and database, ${failed.length} with a violation`);
  const missed =
    results.length < enoughForAll
      ? []
      : steps.filter(
          (step) => !results.some(({ struck, trial: { fault } }) => struck && fault.at.step === step),
        );
  if (missed.length > 0)
    say(`never struck: ${missed.join(', ')}. If a statement or a sound has changed, change steps.ts too`);
  const { calls, lost } = await callCampaign();
  if (options.report)
    writeFileSync(
      options.report,
      report(results, calls, { seed, count: seeds.length, calls: Number(options.calls) }),
    );
  process.exitCode =
    failed.length > 0 ||
    missed.length > 0 ||
    lost > 0 ||
    calls.some(({ violations }) => violations.length > 0)
      ? 1
      : 0;
}

async function callCampaign(): Promise<{ calls: CallResult[]; lost: number }> {
  const calls: CallResult[] = [];
  const doubted: number[] = [];
  const numbers = options.call
    ? options.call.split(',').map(Number)
    : Array.from({ length: Number(options.calls) }, (_, index) => index + 1);
  if (numbers.length === 0) return { calls, lost: 0 };
  const tell = progress('trials with real calls', numbers.length);
  const onResult = (result: CallResult) => {
    calls.push(result);
    tellCall(result);
    tell();
  };
  const { seed } = options;
  const inTurn = (result: CallResult) => {
    if (result.isInDoubt) doubted.push(Number(result.trial.seed.slice(seed.length + 1)));
    else onResult(result);
  };
  const lanes = Math.min(Number(options['call-lanes']), numbers.length);
  let lost = await runCallCampaign({ seed, numbers, lanes, callers: 4, onResult: inTurn });
  if (doubted.length > 0) {
    say(
      `This machine could not time ${doubted.length} of them; they are run again, with nothing beside them`,
    );
    lost += await runCallCampaign({ seed, numbers: doubted, lanes: 1, callers: 4, onResult });
  }
  say(
    `${calls.length} trials with real calls, ${calls.filter(({ violations }) => violations.length > 0).length} with a violation, ${lost} without a verdict`,
  );
  return { calls, lost };
}

/** Prints now and then how many trials are done, and how long the rest will take. */
function progress(what: string, total: number): () => void {
  const startedAt = Date.now();
  let done = 0;
  return () => {
    if (++done % Math.max(1, Math.min(50, Math.round(total / 10))) !== 0) return;
    const spent = (Date.now() - startedAt) / 60_000;
    say(
      `${done} of ${total} ${what}; ${spent.toFixed(1)} min, about ${((spent / done) * (total - done)).toFixed(1)} to go`,
    );
  };
}

function tellCall({ trial, struckAt, violations, callers }: CallResult): void {
  const where = struckAt.length > 0 ? [...new Set(struckAt)].join(', ') : 'no call';
  say(
    `  ${trial.seed}: ${describeFault(trial.fault)} at ${where}: ${violations.length > 0 ? describeViolations(violations) : 'no violation'}`,
  );
  if (violations.length > 0)
    say(`  again: make chaos SEED=${options.seed} CALL=${trial.seed.slice(options.seed.length + 1)}`);
  if (violations.length === 0 && !options.call) return;
  say(`  ${JSON.stringify(trial)}`);
  for (const { end, silenceMs, heard } of callers)
    say(`  ${end}, silence up to ${(silenceMs / 1000).toFixed(1)} s: ${named(heard)}`);
}

function tellTrial({ trial, violations, calls, struck }: TrialResult): void {
  if (violations.length > 0)
    say(`${trial.seed}: ${describeViolations(violations)}\n  again: make chaos TRIAL=${trial.seed}`);
  say(`  ${JSON.stringify({ fault: trial.fault, caller: trial.caller, struck })}`);
  for (const { heard } of calls) say(`  heard: ${named(heard)}`);
}

function named(sounds: readonly string[]): string {
  return sounds.map((sound) => sound.replace(/^\w+\//, '')).join(' ');
}
