import { chownSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { StartError } from './start-error.ts';

/** The checkout this file belongs to. */
export const checkout = resolve(import.meta.dirname, '../..');

/** A user and group, by number. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** Where one hotline keeps its files: `.hotline/`, or the folder a test gives. */
export interface RunState {
  readonly directory: string;
  /** The private Debian root; several run states may share one. */
  readonly root: string;
  /** `NAME=value` lines with this run state's secrets, mode 0600. */
  readonly env: string;
  readonly lock: string;
  readonly logs: string;
  /** Calls under way, the application's alone. */
  readonly journal: string;
  /** What V8 made of the application's code, so that its next start need not. */
  readonly compiled: string;
  /** Recordings that admins make in the console, and the folder that Asterisk plays from. */
  readonly recordings: string;
  /** Files that Asterisk includes from /etc/hotline. */
  readonly pbxSecrets: string;
  /** Asterisk's lib, log, spool and run folders. */
  readonly pbx: string;
  readonly database: string;
  /** Socket, pid file and the statements MariaDB runs as it starts. */
  readonly databaseRun: string;
}

/** @param directory absolute or relative to the working directory; likewise `root` */
export function runState(
  directory = join(checkout, '.hotline'),
  root = join(checkout, '.hotline/root'),
): RunState {
  const base = resolve(directory);
  return {
    directory: base,
    root: resolve(root),
    env: join(base, 'env'),
    lock: join(base, 'lock'),
    logs: join(base, 'logs'),
    journal: join(base, 'journal'),
    compiled: join(base, 'compiled'),
    recordings: join(base, 'recordings'),
    pbxSecrets: join(base, 'asterisk/secrets'),
    pbx: join(base, 'asterisk'),
    database: join(base, 'mysql'),
    databaseRun: join(base, 'mysql-run'),
  };
}

/** Run state belongs to the owner of the checkout, also when root (by sudo) makes it. */
export function checkoutOwner(): Owner {
  const { uid, gid } = statSync(checkout);
  return { uid, gid };
}

/**
 * Makes a folder, and those above it, if missing; only what it made gets the owner and mode.
 *
 * @throws StartError (noPermission) naming the folder
 */
export function makeDirectory(path: string, owner: Owner, mode = 0o755): void {
  if (existsSync(path)) return;
  if (!existsSync(dirname(path))) makeDirectory(dirname(path), owner);
  try {
    mkdirSync(path, { mode });
    chownSync(path, owner.uid, owner.gid);
  } catch (error) {
    throw new StartError(
      'noPermission',
      `${path} cannot be made (${(error as NodeJS.ErrnoException).code}): the hotline keeps its run state there; give it a folder on a writable file system.`,
    );
  }
}

/** Writes a file whole, with owner and mode set before the first byte is in it. */
export function writePrivateFile(path: string, text: string, owner: Owner, mode: number): void {
  rmSync(path, { force: true });
  writeFileSync(path, '', { mode, flag: 'wx' });
  chownSync(path, owner.uid, owner.gid);
  writeFileSync(path, text);
}
