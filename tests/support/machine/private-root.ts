/** The checkout's private Debian root, shared by tests: building it needs the network and half a minute. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { buildDebianRoot } from '../../../src/local/debian-root.ts';
import { installHostPackages } from '../../../src/local/host-packages.ts';
import { Progress } from '../../../src/local/progress.ts';
import { runState } from '../../../src/local/run-state.ts';

/** Builds the root unless it exists. Concurrent test processes wait for each other. */
export async function ensurePrivateRoot(): Promise<void> {
  const { root, logs } = runState();
  mkdirSync(logs, { recursive: true });
  const progress = new Progress(process.stderr);
  const log = join(logs, 'debian.log');
  await installHostPackages(progress, log);
  await buildDebianRoot(root, { progress, log, signal: new AbortController().signal });
}
