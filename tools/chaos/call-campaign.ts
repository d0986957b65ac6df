/** Trials with real calls: several hotlines side by side, each in namespaces of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import pLimit, { type LimitFunction } from 'p-limit';
import { installPackages } from '../../tests/support/engine/debian-packages.ts';
import type { CallResult } from './call-stage.ts';
import { ChaosDatabase } from './chaos-database.ts';

export interface CallCampaign {
  readonly seed: string;
  /** Which trials of the seed; from 1. */
  readonly numbers: readonly number[];
  /** Hotlines at once. */
  readonly lanes: number;
  /** Calls in each trial. */
  readonly callers: number;
  readonly onResult: (result: CallResult) => void;
}

/** A machine on which a lane cannot start so often is not fit for this many. */
const maxFailedStarts = 3;
/** A lane prints this line when its hotline takes calls. */
export const laneStarted = 'started';

/** Runs the program that follows in a network and a mount namespace of its own. Needs root. */
export const inOwnNamespaces = [
  'unshare',
  '--net',
  '--mount',
  '--propagation',
  'private',
  'sh',
  '-c',
  'ip link set lo up && exec "$@"',
  'sh',
];

/** Runs trials of a seed. Needs root. @returns how many ended without a verdict */
export async function runCallCampaign({
  seed,
  numbers,
  lanes,
  callers,
  onResult,
}: CallCampaign): Promise<number> {
  if (spawnSync('test', ['-e', '/usr/share/doc/libfaketime']).status !== 0)
    installPackages(['libfaketime'], (line) => void process.stderr.write(`${line}\n`)); // pbx-clock.ts
  const directory = mkdtempSync(join(tmpdir(), 'hotline-chaos-'));
  const template = await ChaosDatabase.template(join(directory, 'template'));
  const oneStarts = pLimit(1); // several starting at once would need more than they need to run
  const undone = await Promise.all(
    Array.from({ length: lanes }, (_, lane) => {
      const own = numbers.filter((_number, index) => index % lanes === lane);
      return runLane(own, (left) => [seed, left.join(','), String(callers), template], oneStarts, onResult);
    }),
  );
  rmSync(directory, { recursive: true });
  return undone.reduce((sum, count) => sum + count, 0);
}

/** Runs trials one after the other. What a lane that ended too soon has not begun, another takes over. */
async function runLane(
  numbers: readonly number[],
  argumentsFor: (left: readonly number[]) => readonly string[],
  oneStarts: LimitFunction,
  onResult: (result: CallResult) => void,
): Promise<number> {
  let left = numbers;
  let [undone, failedStarts] = [0, 0];
  while (left.length > 0 && failedStarts < maxFailedStarts) {
    const { hasStarted, closed } = await oneStarts(async () => {
      const lane = spawnLane(argumentsFor(left), (result) => {
        left = left.slice(1);
        onResult(result);
      });
      return { ...lane, hasStarted: await lane.started };
    });
    await closed;
    if (!hasStarted) failedStarts++;
    else if (left.length > 0) {
      undone++; // the one that was under way
      left = left.slice(1);
    }
  }
  return undone + left.length;
}

function spawnLane(
  words: readonly string[],
  onResult: (result: CallResult) => void,
): { started: Promise<boolean>; closed: Promise<unknown> } {
  const [file = '', ...args] = [
    ...inOwnNamespaces,
    process.execPath,
    join(import.meta.dirname, 'call-lane.ts'),
    ...words,
  ];
  const child = spawn(file, args, {
    stdio: ['pipe', 'pipe', 'inherit'], // the lane ends when its input does
    // The callers need their share of the processor: Linux shares it among sessions (sched(7), autogroup),
    // and each service has one of its own.
    detached: true,
  });
  const started = Promise.withResolvers<boolean>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (line === laneStarted) started.resolve(true);
    if (line.startsWith('{')) onResult(JSON.parse(line) as CallResult);
  });
  const closed = once(child, 'close').then(() => started.resolve(false));
  return { started: started.promise, closed };
}
