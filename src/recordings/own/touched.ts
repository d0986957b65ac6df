/** Whether files were touched, told from what the file system knows of them, without reading them. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';

/** A file that was touched less than this before, ms, may be touched again within the same tick of its clock. */
const settledMs = 2000;

/**
 * One text for the state of all these files and folders. A write, another file in its place, another owner or mode:
 * each gives another text, since nobody can set a file's time of change (inode(7), ctime).
 *
 * @returns null if one is missing, or was touched so lately that a later touch might not show
 */
export async function stampOf(paths: readonly string[]): Promise<string | null> {
  const settledBefore = Date.now() - settledMs;
  const hash = createHash('sha256');
  const states = await Promise.all(paths.map((path) => stat(path, { bigint: true }).catch(() => null)));
  for (const [at, state] of states.entries()) {
    if (state === null || Number(state.ctimeMs) > settledBefore) return null;
    const { dev, ino, size, ctimeNs } = state;
    hash.update(JSON.stringify([paths[at], ...[dev, ino, size, ctimeNs].map(String)]));
  }
  return hash.digest('hex');
}
