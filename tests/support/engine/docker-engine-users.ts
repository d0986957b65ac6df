/**
 * The users of the engine under `.hotline/docker/`: one file per process. Two test runs of one
 * checkout share the engine, and the last to leave ends it; a run that was killed does not count.
 */
import { existsSync, linkSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const home = resolve(import.meta.dirname, '../../../.hotline/docker');
const users = join(home, 'users');
const lock = join(home, 'lock');

let entered = false;

/** Counts this process as a user and runs `begin`, saying whether it is the only one. One process at a time. */
export function enterEngine(begin: (alone: boolean) => Promise<void>): Promise<void> {
  return oneAtATime(async () => {
    entered = true;
    mkdirSync(users, { recursive: true });
    writeFileSync(join(users, String(process.pid)), '');
    await begin(liveUsers().length === 1);
  });
}

/** Removes this process as a user, and runs `end` if it was the last one. One process at a time. */
export async function leaveEngine(end: () => Promise<void>): Promise<void> {
  if (!entered) return;
  await oneAtATime(async () => {
    const before = liveUsers();
    rmSync(join(users, String(process.pid)), { force: true });
    if (before.length === 1 && before[0] === process.pid) await end();
  });
}

function liveUsers(): number[] {
  mkdirSync(users, { recursive: true });
  const pids = readdirSync(users).map(Number);
  for (const pid of pids.filter((pid) => !isAlive(pid))) rmSync(join(users, String(pid)), { force: true });
  return pids.filter(isAlive);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Runs `work` while no other process of this checkout is in one of the functions of this file. */
export async function oneAtATime(work: () => Promise<void>): Promise<void> {
  mkdirSync(home, { recursive: true });
  while (!takeLock()) await sleep(100);
  try {
    await work();
  } finally {
    rmSync(lock, { force: true });
  }
}

function takeLock(): boolean {
  // Linked into place, so that a lock never exists without the number of its holder.
  const mine = `${lock}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    linkSync(mine, lock);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    if (!isHeld()) rmSync(lock, { force: true });
    return false;
  } finally {
    rmSync(mine, { force: true });
  }
}

function isHeld(): boolean {
  const holder = Number(existsSync(lock) ? readFileSync(lock, 'utf8') : 0);
  return holder > 0 && isAlive(holder);
}
