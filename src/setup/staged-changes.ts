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

/** A file cannot be written; no file was changed. */
export class ChangesFailed extends ExpectedError {
  override readonly name = 'ChangesFailed';
}

interface Staged {
  readonly path: string;
  readonly partial: string;
  /** How it is put back; undefined: it was not there; `removed`: from where it is kept meanwhile. */
  readonly former: FileChange | LinkChange | 'removed' | undefined;
}

export class StagedChanges {
  readonly #staged: Staged[] = [];

  /**
   * @param removed paths of files and links that go
   * @throws ChangesFailed naming the file; then nothing was changed
   */
  constructor(
    files: readonly FileChange[],
    links: readonly LinkChange[] = [],
    removed: readonly string[] = [],
  ) {
    for (const change of [...files, ...links])
      this.#stage(change.path, () => {
        const staged = describe(change);
        this.#begin(staged);
        if ('target' in change) symlinkSync(change.target, staged.partial);
        else writePartial(staged, change);
      });
    for (const path of removed)
      this.#stage(path, () => this.#begin({ path, partial: partialOf(path), former: 'removed' }));
  }

  /** @throws ChangesFailed naming the file; then no file was changed */
  commit(): void {
    const done: Staged[] = [];
    for (const staged of this.#staged)
      try {
        if (staged.former === 'removed') renameSync(staged.path, staged.partial);
        else renameSync(staged.partial, staged.path);
        done.unshift(staged);
      } catch (error) {
        for (const each of done) putBack(each);
        this.discard();
        throw explain(staged.path, error, 'no file was changed');
      }
    this.discard(); // what was removed
  }

  /** Leaves everything as it is. */
  discard(): void {
    for (const { partial } of this.#staged) rmSync(partial, { force: true });
  }

  #stage(path: string, work: () => void): void {
    try {
      work();
    } catch (error) {
      this.discard();
      throw explain(path, error, 'nothing was changed');
    }
  }

  #begin(staged: Staged): void {
    rmSync(staged.partial, { force: true });
    this.#staged.push(staged);
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
  return { path, partial: partialOf(path), former };
}

function partialOf(path: string): string {
  return `${path}.hotline-new`;
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

function putBack({ path, partial, former }: Staged): void {
  if (former === undefined) rmSync(path);
  else if (former === 'removed') renameSync(partial, path);
  else if ('target' in former) new StagedChanges([], [former]).commit();
  else replaceFile(former);
}

function explain(path: string, error: unknown, outcome: string): unknown {
  if ((error as NodeJS.ErrnoException).code === undefined) return error;
  return new ChangesFailed(`${path} cannot be written (${whyNotWritable(error)}); ${outcome}`);
}
