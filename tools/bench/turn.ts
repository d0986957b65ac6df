/** One turn: some calls, their capture, and what the processes took meanwhile. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { endWithUs } from '../../tests/support/machine/end-with-us.ts';
import { runStateDirectory } from '../../tests/support/machine/hotline-under-test.ts';
import { Capture } from './capture.ts';
import { readCosts, readMemory, subtract, watchMemory, type DatabaseWork, type Memory } from './costs.ts';
import type { Processes } from './hotline.ts';
import { listen, type CallHeard } from './listen.ts';
import type { Recordings } from './recordings.ts';
import type { LoadReport, PlacedCall, PlannedCall } from './script.ts';
import { mapSystems, systems, type System } from './systems.ts';

/** Processor time of a turn, ms, without what starting the load took. */
export interface TurnCost {
  readonly pbx: number;
  readonly application: number;
  /** Of the application's, what its event loop took: hashes are made beside it. */
  readonly eventLoop?: number;
  readonly database: number;
  /** The phones, and the capture. */
  readonly load: number;
  readonly capture: number;
  /** Of all processors, and the share of it that anything used: 1 is a machine without a moment to spare. */
  readonly machineBusy: number;
  readonly tookMs: number;
  /** The most that the load sent a packet too late, ms. */
  readonly latestMs: number;
  /** MB, when the turn began and at most. Not in older results, like `eventLoop` and `work`. */
  readonly memory?: { readonly before: Memory; readonly max: Memory };
  /** Of the database in the turn. */
  readonly work?: DatabaseWork;
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

/** @returns by system, whose application's time is its own. All else is of all systems in the plan together. */
export async function takeTurn(
  plan: readonly PlannedCall[],
  processes: Processes,
  recordings: Recordings,
): Promise<Record<System, Turn>> {
  const file = join(runStateDirectory(), 'bench.pcap');
  const capture = await Capture.start(file);
  const memoryBefore = readMemory(processes);
  const before = await readCosts(processes);
  const endWatch = watchMemory(processes);
  const report = await runLoad(plan);
  const memoryMax = endWatch();
  const after = await readCosts(processes);
  const captureMs = await capture.stop();
  if (report.strayPackets > 0)
    throw new Error(
      `${report.strayPackets} packets reached the load, which should read none (tools/bench/ear.ts)`,
    );
  const heard = await listen(file, report.calls, recordings);
  rmSync(file);
  const calls = report.calls.map((placed, index) => ({ ...heard[index]!, ...plan[index]!, placed }));
  const shared = {
    ...{ pbx: after.pbx - before.pbx, database: after.database - before.database },
    ...{ load: report.cpuMs, capture: captureMs, latestMs: report.latestMs },
    machineBusy: (after.busyMs - before.busyMs) / (after.totalMs - before.totalMs),
    tookMs: after.atMs - before.atMs,
    memory: { before: memoryBefore, max: memoryMax },
    work: subtract(after.work, before.work),
  };
  const turnOf = (system: System): Turn => ({
    calls: calls.filter(({ dial }) => dial === systems[system].dial),
    cost: {
      ...shared,
      application: after.applications[system].all - before.applications[system].all,
      eventLoop: after.applications[system].eventLoop - before.applications[system].eventLoop,
    },
  });
  return mapSystems(turnOf);
}

/** Places the calls of a plan. */
export async function runLoad(plan: readonly PlannedCall[]): Promise<LoadReport> {
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
