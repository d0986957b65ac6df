/**
 * How long a start takes, in a private network with a run state of its own: `hotline run` where nothing has to be made
 * first, and the application alone, from its process's start to "taking calls".
 *
 *     node tools/bench/start.ts [--starts 10]
 */
import { mkdtempSync, readFileSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { checkout } from '../../src/local/run-state.ts';
import { HotlineProcess } from '../../tests/local/hotline-process.ts';
import { ensurePrivateRoot } from '../../tests/support/machine/private-root.ts';
import { readProcess } from './processor-time.ts';
import { spread } from './statistics.ts';

/** Between two looks, ms. */
const lookMs = 5;

interface Start {
  readonly ms: number;
  /** Processor time until then, ms; of `hotline run` its own process alone. */
  readonly processorMs: number;
}

/** As `make run` does, which keeps compiled code. */
function runHotline(state: string): HotlineProcess {
  return new HotlineProcess({ command: [join(checkout, 'hotline'), 'run', '--state', state] });
}

/** Starts the whole hotline, and stops it again. */
async function startAll(state: string): Promise<Start> {
  const begunAt = performance.now();
  const hotline = runHotline(state);
  await hotline.waitFor(/^hotline ready/m);
  const start = { ms: performance.now() - begunAt, processorMs: readProcess(hotline.pid) };
  await settle();
  hotline.signal('SIGTERM');
  await hotline.ended;
  return start;
}

/** Ends the application, and measures the one that `hotline run` starts in its place. */
async function restartApplication(hotline: HotlineProcess, log: string): Promise<Start> {
  const [before] = await hotline.processes(application);
  const printed = readFileSync(log, 'utf8').length;
  process.kill(before!, 'SIGTERM');
  let pid: number | undefined;
  while (pid === undefined) {
    await delay(lookMs);
    pid = (await hotline.processes(application)).find((each) => each !== before);
  }
  const seenAt = performance.now();
  while (!readFileSync(log, 'utf8').slice(printed).includes('taking calls')) await delay(lookMs);
  const start = { ms: performance.now() - seenAt, processorMs: readProcess(pid) };
  await settle();
  return start;
}

const application = /src\/cli\.ts serve/;

/** What was started goes on with what may follow, and must not disturb the next start. */
function settle(): Promise<void> {
  return delay(2000);
}

function tell(what: string, starts: readonly Start[]): void {
  const { p50, max } = spread(starts.map(({ ms }) => ms));
  const processor = spread(starts.map(({ processorMs }) => processorMs)).p50;
  process.stdout.write(
    `${what}: median ${p50.toFixed(0)} ms, worst ${max.toFixed(0)} ms; processor time ${processor.toFixed(0)} ms; ` +
      `${starts.length} starts, load average ${loadavg()[0]!.toFixed(1)}\n`,
  );
}

const { values } = parseArgs({ options: { starts: { type: 'string', default: '10' } } });
const count = Number(values.starts);
await ensurePrivateRoot();
const state = mkdtempSync(join(tmpdir(), 'hotline-start-'));
await startAll(state); // makes what is made once
const whole: Start[] = [];
while (whole.length < count) whole.push(await startAll(state));
tell('hotline run', whole);
const hotline = runHotline(state);
await hotline.waitFor(/^hotline ready/m);
const alone: Start[] = [];
while (alone.length < count)
  alone.push(await restartApplication(hotline, join(state, 'logs/application.log')));
tell('hotline serve', alone);
await hotline.remove(state);
