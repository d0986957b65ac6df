/** One turn: some calls, their capture, and what the processes took meanwhile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { endWithUs } from '../../tests/support/machine/end-with-us.ts';
import { runStateDirectory } from '../../tests/support/machine/hotline-under-test.ts';
import { Capture } from './capture.ts';
import type { Processes } from './hotline.ts';
import { listen, type CallHeard } from './listen.ts';
import { readMachine, readProcess } from './processor-time.ts';
import type { Recordings } from './recordings.ts';
import type { LoadReport, PlacedCall, PlannedCall } from './script.ts';
import type { System } from './systems.ts';

/** Processor time of a turn, ms, without what starting the load took. */
export interface TurnCost {
  readonly pbx: number;
  readonly application: number;
  readonly database: number;
  /** The phones, and the capture. */
  readonly load: number;
  readonly capture: number;
  /** Of all processors, and the share of it that anything used: 1 is a machine without a moment to spare. */
  readonly machineBusy: number;
  readonly tookMs: number;
  /** The most that the load sent a packet too late, ms. */
  readonly latestMs: number;
}

/** A call that was placed, with all that is known of it. */
export interface TurnCall extends CallHeard {
  readonly code: string;
  readonly dial: string;
  readonly placed: PlacedCall;
}

export interface Turn {
  readonly calls: readonly TurnCall[];
  readonly cost: TurnCost;
}

/** @param system whose application's time is counted; undefined: nobody's */
export async function takeTurn(
  plan: readonly PlannedCall[],
  system: System | undefined,
  processes: Processes,
  recordings: Recordings,
): Promise<Turn> {
  const file = join(runStateDirectory(), 'bench.pcap');
  const pid = system === undefined || system === 'floor' ? undefined : processes.application[system];
  const read = () => ({
    ...{ pbx: readProcess(processes.pbx), database: readProcess(processes.database), ...readMachine() },
    application: pid === undefined ? 0 : readProcess(pid),
    atMs: performance.now(),
  });
  const capture = await Capture.start(file);
  const before = read();
  const report = await runLoad(plan);
  const after = read();
  const captureMs = await capture.stop();
  if (report.strayPackets > 0)
    throw new Error(
      `${report.strayPackets} packets reached the load, which should read none (tools/bench/ear.ts)`,
    );
  const heard = await listen(file, report.calls, recordings);
  rmSync(file);
  const took = (name: 'pbx' | 'application' | 'database') => after[name] - before[name];
  return {
    calls: report.calls.map((placed, index) => ({ ...heard[index]!, ...plan[index]!, placed })),
    cost: {
      ...{ pbx: took('pbx'), application: took('application'), database: took('database') },
      ...{ load: report.cpuMs, capture: captureMs, latestMs: report.latestMs },
      machineBusy: (after.busyMs - before.busyMs) / (after.totalMs - before.totalMs),
      tookMs: after.atMs - before.atMs,
    },
  };
}

async function runLoad(plan: readonly PlannedCall[]): Promise<LoadReport> {
  const [program = '', ...words] = endWithUs([process.execPath, join(import.meta.dirname, 'load.ts')]);
  const child = spawn(program, words, {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true, // a session of its own, as the services have
  });
  child.stdin.end(JSON.stringify(plan));
  const [report, [code]] = await Promise.all([json(child.stdout), once(child, 'exit')]);
  if (code !== 0) throw new Error(`the load ended with ${String(code)}`);
  return report as LoadReport;
}
