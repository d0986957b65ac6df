/** The checkout's private Debian root, which tests share: building it takes the network and half a minute. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildDebianRoot } from '../../../src/local/debian-root.ts';
import { installHostPackages } from '../../../src/local/host-packages.ts';
import { Progress } from '../../../src/local/progress.ts';
import { runState } from '../../../src/local/run-state.ts';

/** Builds it unless it is there. Test processes that ask at once wait for one another. */
export async function ensurePrivateRoot(): Promise<void> {
  const { root, logs } = runState();
  mkdirSync(logs, { recursive: true });
  const progress = new Progress(process.stderr);
  const log = join(logs, 'debian.log');
  await installHostPackages(progress, log);
  await buildDebianRoot(root, { progress, log, signal: new AbortController().signal });
}
