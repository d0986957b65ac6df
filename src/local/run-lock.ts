import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { StartError } from './start-error.ts';

/** Lets go of a lock. */
export type Release = () => Promise<void>;

/** Distinguishes "held by someone else" from every other way flock(1) can end. */
const heldByAnother = 75;

/**
 * Holds a file lock until released or until this process ends, however it ends: a child holds it
 * (Node has no flock), and ends when the pipe from here closes.
 *
 * @returns undefined when another process holds it and `wait` is not set
 */
export async function takeLock(file: string, { wait = false } = {}): Promise<Release | undefined> {
  const mode = wait ? [] : ['--nonblock', '--conflict-exit-code', String(heldByAnother)];
  const holder = spawn('flock', [...mode, '--no-fork', file, 'sh', '-c', 'echo held; exec cat'], {
    stdio: ['pipe', 'pipe', 'inherit'],
    detached: true,
  });
  const held = await Promise.race([
    once(holder.stdout, 'data').then(() => true),
    once(holder, 'close').then(() => false),
  ]);
  if (held) return () => release(holder);
  if (holder.exitCode === heldByAnother) return undefined;
  throw new StartError('noPermission', `${file} cannot be locked: it must be on a writable file system.`);
}

async function release(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  const ended = once(holder, 'close');
  holder.stdin?.end();
  await ended;
}

/**
 * Claims a run state for this process.
 *
 * @throws StartError (alreadyRunning) naming the process that has it
 */
export async function claimRunState(lockFile: string): Promise<Release> {
  const releaseLock = await takeLock(lockFile);
  if (releaseLock === undefined) {
    throw new StartError(
      'alreadyRunning',
      `This checkout's hotline already runs (process ${readFileSync(lockFile, 'utf8').trim() || 'unknown'}): stop it first, with Ctrl-C in its terminal.`,
    );
  }
  writeFileSync(lockFile, `${process.pid}\n`);
  return releaseLock;
}
