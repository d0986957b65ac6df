/** How the programs of the checkout run as a user who cannot enter every folder above them. */
import { existsSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { checkout, type Owner } from './run-state.ts';

/** The repository's history and the run state: no program of ours reads them by name. */
const left = ['.git', '.hotline'];

/**
 * The command line that runs a program of the checkout as this user. In a mount namespace of its own,
 * a folder that the user may not enter (root's home, say) appears with only the checkout, this Node and
 * the given folders in it, all under their own names.
 *
 * @param folders of the run state, for the program to write to; they must exist
 */
export function inCheckout(user: Owner, folders: readonly string[], command: readonly string[]): string[] {
  return [
    ...['setpriv', '--pdeathsig', 'KILL'],
    ...['unshare', '--mount', '--propagation', 'private'],
    join(import.meta.dirname, 'enter-checkout.sh'),
    String(user.uid),
    String(user.gid),
    ...hiddenPaths(user, folders),
    '--',
    ...command,
  ];
}

/** The arguments of enter-checkout.sh: folders the user may not enter, with what must be seen in them. */
function hiddenPaths(user: Owner, folders: readonly string[]): string[] {
  const entries = readdirSync(checkout).filter((name) => !left.includes(name));
  const readable = [...entries.map((name) => join(checkout, name)), process.execPath].filter(existsSync);
  const paths = [
    ...both(readable).map((path) => ({ path, mode: 'ro' })),
    ...both(folders).map((path) => ({ path, mode: 'rw' })),
  ];
  const byFolder = Map.groupBy(paths, ({ path }) => closedFolder(dirname(path), user));
  return [...byFolder].flatMap(([folder, hidden]) =>
    folder === undefined ? [] : hidden.flatMap(({ path, mode }) => [folder, relative(folder, path), mode]),
  );
}

/** Where these lie, and the names they are known by: a link is followed to what was mounted before it. */
function both(paths: readonly string[]): string[] {
  return [...new Set([...paths.map((path) => realpathSync(path)), ...paths])];
}

/** The uppermost folder on the way that the user may not enter. */
function closedFolder(folder: string, user: Owner): string | undefined {
  const above = folder === '/' ? undefined : closedFolder(dirname(folder), user);
  return above ?? (mayEnter(folder, user) ? undefined : folder);
}

/** By mode and owner alone (path_resolution(7)). A folder open by other means is mounted for nothing. */
function mayEnter(folder: string, user: Owner): boolean {
  const { mode, uid, gid } = statSync(folder);
  const execute = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  return (mode & execute) !== 0;
}
