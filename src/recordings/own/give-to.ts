import { chownSync, lchownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Gives a store that root has made ready to the user who will write to it. */
export function giveStoreTo(
  directory: string,
  { uid, gid }: { readonly uid: number; readonly gid: number },
): void {
  chownSync(directory, uid, gid);
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' }))
    lchownSync(join(directory, name), uid, gid);
}
