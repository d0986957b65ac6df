import { statSync } from 'node:fs';

/**
 * Whether a file's mode grants any permission of the mask; false if there is no such file, or it lies in
 * a folder that this process may not enter.
 *
 * @param mask permission bits (inode(7)): `0o007` others, `0o027` others, and the group to write,
 *   `0o077` everybody but the owner
 */
export function isOpenTo(mask: number, file: string): boolean {
  try {
    return ((statSync(file, { throwIfNoEntry: false })?.mode ?? 0) & mask) !== 0;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES') return false;
    throw error;
  }
}
