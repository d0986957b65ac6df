import { statSync } from 'node:fs';

/**
 * Whether a file's mode grants any permission of the mask; false if there is no such file.
 *
 * @param mask permission bits (inode(7)): `0o007` others, `0o027` others, and the group to write,
 *   `0o077` everybody but the owner
 */
export function isOpenTo(mask: number, file: string): boolean {
  const status = statSync(file, { throwIfNoEntry: false });
  return status !== undefined && (status.mode & mask) !== 0;
}
