/**
 * `make chaos SEED=… COUNT=…`: faults at every step, drawn from a seed; after each trial a checker
 * decides whether the hotline kept its word (checker.ts).
 *
 *     node tests/chaos/campaign.ts --seed 2026 --count 1000 --report docs/chaos-report.md
 *     node tests/chaos/campaign.ts --trial 2026-17        one trial again, with all that was heard
 *     … --calls 20                                        also real calls, with faults of the real processes
 *
 * Exits 1 if any invariant was broken. Needs root (sudo is tried): databases get file systems of
 * their own, in a mount and network namespace that ends with this process.
 */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { asRoot } from '../support/run-as-root.ts';
import { ensurePrivateRoot } from '../support/private-root.ts';
import { runCallCampaign } from './call-campaign.ts';
import type { CallResult } from './call-stage.ts';
import { describeViolations, runProtocolCampaign, type TrialResult } from './protocol-campaign.ts';
import { report } from './report.ts';

const { values: options } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    count: { type: 'string', default: '1000' },
    trial: { type: 'string', default: '' },
    report: { type: 'string', default: '' },
    lanes: { type: 'string', default: '6' },
    calls: { type: 'string', default: '0' },
    inside: { type: 'boolean', default: false },
  },
});
const say = (line: string) => void process.stdout.write(`${line}\n`);

if (options.inside) await campaign();
else {
  await ensurePrivateRoot();
  const inside = ['unshare', '--net', '--mount', '--propagation', 'private', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const [file = '', ...rest] = asRoot([...inside, process.execPath, ...process.argv.slice(1), '--inside']);
  process.exitCode = spawnSync(file, rest, { stdio: 'inherit' }).status ?? 1;
}

async function campaign(): Promise<void> {
  const seeds = options.trial ? [options.trial] : Array.from({ length: Number(options.count) }, (_, index) => `${options.seed}-${index + 1}`);
  const results: TrialResult[] = [];
  const startedAt = Date.now();
  await runProtocolCampaign({ seeds, lanes: { shared: Number(options.lanes), own: 2 }, onResult: (result) => tell(result, results, seeds.length) });
  const failed = results.filter(({ violations }) => violations.length > 0);
  say(`${results.length} trials in ${Math.round((Date.now() - startedAt) / 1000)} s, ${failed.length} with a violation`);
  const calls: CallResult[] = [];
  const callCampaign = { seed: options.seed, count: Number(options.calls), lanes: 3, callers: 4, onResult: (result: CallResult) => tellCall(result, calls) };
  const lost = callCampaign.count > 0 ? await runCallCampaign(callCampaign) : 0;
  if (lost > 0) say(`${lost} trials with real calls came to no verdict`);
  if (options.report) writeFileSync(options.report, report(results, calls, { seed: options.seed, count: seeds.length, calls: callCampaign.count }));
  process.exitCode = failed.length > 0 || lost > 0 || calls.some(({ violations }) => violations.length > 0) ? 1 : 0;
}

function tellCall(result: CallResult, calls: CallResult[]): void {
  calls.push(result);
  const { trial, violations, heard } = result;
  say(`real calls ${trial.seed}: ${trial.fault.kind} at ${trial.step}: ${violations.length > 0 ? describeViolations(violations) : 'right'}`);
  if (violations.length === 0) return;
  say(`  ${JSON.stringify(trial)}`);
  for (const sounds of heard) say(`  heard: ${sounds.map((sound) => sound.replace(/^\w+\//, '')).join(' ')}`);
}

function tell(result: TrialResult, results: TrialResult[], total: number): void {
  results.push(result);
  const { trial, violations, calls, struck } = result;
  if (violations.length > 0) say(`${trial.seed}: ${describeViolations(violations)}\n  again: make chaos TRIAL=${trial.seed}`);
  if (violations.length > 0 || options.trial) {
    say(`  ${JSON.stringify({ fault: trial.fault, caller: trial.caller, struck })}`);
    for (const { heard } of calls) say(`  heard: ${heard.map((sound) => sound.replace(/^\w+\//, '')).join(' ')}`);
  }
  if (results.length % 50 === 0) say(`${results.length} of ${total}`);
}
