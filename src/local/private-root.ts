import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExpectedError } from '../expected-error.ts';
import { isolated } from './logged-command.ts';
import type { Owner } from './run-state.ts';

/** A folder of the checkout or of the run state, and where a service in the private root sees it. */
export interface Mount {
  readonly source: string;
  readonly target: string;
  readonly writable?: boolean;
}

/** The command line that runs a service in the private root, as `user` of that root. */
export function inPrivateRoot(
  root: string,
  user: string,
  mounts: readonly Mount[],
  command: readonly string[],
): string[] {
  const mountArguments = mounts.flatMap(({ source, target, writable = false }) => [
    source,
    target,
    writable ? 'rw' : 'ro',
  ]);
  return isolated([
    join(import.meta.dirname, 'enter-root.sh'),
    root,
    user,
    ...mountArguments,
    '--',
    ...command,
  ]);
}

/** The numbers of a user of the private root, to own files it must read or write. */
export function rootUser(root: string, name: string): Owner {
  const passwd = readFileSync(join(root, 'etc/passwd'), 'utf8');
  const [, uid, gid] = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(passwd) ?? [];
  if (uid === undefined || gid === undefined)
    throw new ExpectedError(`the private Debian root ${root} has no user ${name}`);
  return { uid: Number(uid), gid: Number(gid) };
}

/**
 * The process that is number 1 of the namespace unshare(1) made: signals go to it, because unshare
 * itself ignores them.
 *
 * @returns undefined while there is none
 */
export function namespaceLeader(unsharePid: number): number | undefined {
  try {
    const [first] = readFileSync(`/proc/${unsharePid}/task/${unsharePid}/children`, 'utf8').trim().split(' ');
    return first ? Number(first) : undefined;
  } catch {
    return undefined;
  }
}
