/**
 * Why a place cannot be written, and what to do about it, for an error message: `EROFS: its file system …`.
 *
 * @param error of the file system
 */
export function whyNotWritable(error: unknown): string {
  const { code = 'unknown' } = error as NodeJS.ErrnoException;
  return `${code}: ${advice[code] ?? 'expected a place that can be written'}`;
}

const owner = "run this as the folder's owner, or give the folder to this user";
const full = 'its file system is full';
const nowhere = 'there is no such folder';
const advice: Readonly<Record<string, string>> = {
  EROFS:
    'its file system is read-only here; in a unit of systemd with ProtectSystem name the folder in StateDirectory or ReadWritePaths',
  EACCES: owner,
  EPERM: `${owner}; "lsattr" shows whether somebody has locked it`,
  ENOSPC: full,
  EDQUOT: full,
  ENOENT: nowhere,
  ENOTDIR: nowhere,
  EBUSY: 'it is mounted by itself, and cannot be replaced',
  EEXIST: 'a file of that name stands there',
};
