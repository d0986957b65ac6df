import { chownSync, lchownSync, lstatSync, readdirSync, statSync, type Stats } from 'node:fs';
import { join } from 'node:path';

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Gives a store that root has made ready to the user who will write to it. What is theirs is not touched: a start would
 * take it for changed (touched.ts).
 */
export function giveStoreTo(directory: string, owner: Owner): void {
  if (!isOf(owner, statSync(directory))) chownSync(directory, owner.uid, owner.gid);
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name);
    if (!isOf(owner, lstatSync(path))) lchownSync(path, owner.uid, owner.gid);
  }
}

function isOf({ uid, gid }: Owner, state: Stats): boolean {
  return state.uid === uid && state.gid === gid;
}
