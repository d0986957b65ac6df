/**
 * Changes that are made all or not at all. Each is written beside what it replaces first: a full disk, or a
 * folder that takes no files, is met before anything has changed.
 */
import {
  chmodSync,
  chownSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { ExpectedError } from '../expected-error.ts';
import { whyNotWritable } from '../machine/not-writable.ts';
import type { Bytes } from './bytes.ts';

/** A file, and what it shall hold. */
export interface FileChange {
  readonly path: string;
  /** Null: it is not there. */
  readonly before: Bytes | null;
  readonly after: Bytes;
  /** Group and mode of a file that is not there; default: the group of its folder, 0640. Its owner is the folder's. */
  readonly access?: { readonly gid?: number; readonly mode: number };
  /** Names of what it sets, where nobody may see the values. */
  readonly secret?: readonly string[];
}

/** A symbolic link to be made. */
export interface LinkChange {
  readonly path: string;
  /** Where it leads; null: it is not there. */
  readonly before: string | null;
  readonly target: string;
}

/** A file cannot be written; nothing was changed. */
export class ChangesFailed extends ExpectedError {
  override readonly name = 'ChangesFailed';
}

interface Staged {
  readonly path: string;
  readonly partial: string;
  /** How it is put back; undefined: it was not there. */
  readonly former: FileChange | LinkChange | undefined;
}

export class StagedChanges {
  readonly #staged: Staged[] = [];

  /** @throws ChangesFailed naming the file */
  constructor(files: readonly FileChange[], links: readonly LinkChange[] = []) {
    for (const change of [...files, ...links]) {
      const staged = describe(change);
      try {
        rmSync(staged.partial, { force: true });
        this.#staged.push(staged);
        if ('target' in change) symlinkSync(change.target, staged.partial);
        else writePartial(staged, change);
      } catch (error) {
        this.discard();
        throw explain(staged.path, error);
      }
    }
  }

  /** @throws ChangesFailed naming the file */
  commit(): void {
    const done: Staged[] = [];
    for (const staged of this.#staged)
      try {
        renameSync(staged.partial, staged.path);
        done.unshift(staged);
      } catch (error) {
        this.discard();
        for (const each of done) putBack(each);
        throw explain(staged.path, error);
      }
  }

  /** Leaves everything as it is. */
  discard(): void {
    for (const { partial } of this.#staged) rmSync(partial, { force: true });
  }
}

/** Replaces one file in one step. */
export function replaceFile(change: FileChange): void {
  new StagedChanges([change]).commit();
}

function describe(change: FileChange | LinkChange): Staged {
  const isFileThere = 'after' in change && change.before !== null;
  const path = isFileThere ? realpathSync(change.path) : change.path; // a link goes on leading to its file
  const former =
    change.before === null
      ? undefined
      : 'target' in change
        ? { ...change, target: change.before }
        : { ...change, after: change.before };
  return { path, partial: `${path}.hotline-new`, former };
}

/** With the owner and the mode it had. */
function writePartial({ path, partial }: Staged, { before, after, access }: FileChange): void {
  const folder = statSync(dirname(path));
  const { uid, gid, mode } =
    before === null ? { uid: folder.uid, gid: folder.gid, mode: 0o640, ...access } : statSync(path);
  writeFileSync(partial, '', { mode: 0o600, flag: 'wx' });
  chownSync(partial, uid, gid);
  chmodSync(partial, mode & 0o7777);
  writeFileSync(partial, after, { encoding: 'latin1', flush: true });
}

function putBack({ path, former }: Staged): void {
  if (former === undefined) rmSync(path);
  else if ('target' in former) new StagedChanges([], [former]).commit();
  else replaceFile(former);
}

function explain(path: string, error: unknown): unknown {
  if ((error as NodeJS.ErrnoException).code === undefined) return error;
  return new ChangesFailed(`${path} cannot be written (${whyNotWritable(error)}); nothing was changed`);
}
