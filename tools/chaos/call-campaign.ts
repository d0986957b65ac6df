/** Trials with real calls: several hotlines side by side, each in namespaces of its own. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
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
  let done = 0;
  await Promise.all(
    Array.from({ length: lanes }, async (_, lane) => {
      const own = numbers.filter((_number, index) => index % lanes === lane).join(',');
      const [file = '', ...args] = [
        ...inOwnNamespaces,
        process.execPath,
        join(import.meta.dirname, 'call-lane.ts'),
        seed,
        own,
        String(callers),
        template,
      ];
      const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (!line.startsWith('{')) return;
        done++;
        onResult(JSON.parse(line) as CallResult);
      });
      await once(child, 'close');
    }),
  );
  rmSync(directory, { recursive: true });
  return numbers.length - done;
}
