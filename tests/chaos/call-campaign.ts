/** Trials with real calls: several hotlines side by side, each in namespaces of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { CallResult } from './call-stage.ts';

export interface CallCampaign {
  readonly seed: string;
  readonly count: number;
  /** Hotlines at once: two for each core is what a machine carries. */
  readonly lanes: number;
  /** Calls in each trial. */
  readonly callers: number;
  readonly onResult: (result: CallResult) => void;
}

/** Runs trials 1 to `count` of a seed. Needs root. @returns how many came to no verdict */
export async function runCallCampaign({ seed, count, lanes, callers, onResult }: CallCampaign): Promise<number> {
  let done = 0;
  const share = Math.ceil(count / lanes);
  const ranges = Array.from({ length: lanes }, (_, lane) => [lane * share + 1, Math.min((lane + 1) * share, count)] as const);
  await Promise.all(
    ranges.map(async ([from, to]) => {
      const lane = [
        'ip link set lo up && exec "$@"',
        'sh',
        process.execPath,
        join(import.meta.dirname, 'call-lane.ts'),
        seed,
        String(from),
        String(to),
        String(callers),
      ];
      const child = spawn('unshare', ['--net', '--mount', '--propagation', 'private', 'sh', '-c', ...lane], { stdio: ['ignore', 'pipe', 'inherit'] });
      createInterface({ input: child.stdout }).on('line', (line) => {
        if (!line.startsWith('{')) return;
        done++;
        onResult(JSON.parse(line) as CallResult);
      });
      await once(child, 'close');
    }),
  );
  return count - done;
}
