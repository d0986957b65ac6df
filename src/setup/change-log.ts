/** What `hotline setup` has changed, with copies of what was there, so that it can be taken out again. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { ExpectedError } from '../expected-error.ts';
import { blockOf, withoutBlock } from './block.ts';
import { bytesOrNull, digest, inBytes } from './bytes.ts';
import { replaceFile, StagedChanges, type FileChange, type LinkChange } from './staged-changes.ts';

/** The record of what setup has changed cannot be read. */
export class ChangeLogError extends ExpectedError {
  override readonly name = 'ChangeLogError';
}

/** What was made. Paths are absolute; the values of files are SHA-256. */
interface Record {
  /** Files that have a part of ours: of that part, by path. */
  readonly changed: { [path: string]: string };
  /** Files that were not there: of what was written, by path. */
  readonly created: { [path: string]: string };
  /** Links, by path. */
  readonly links: { [path: string]: { readonly target: string; readonly before: string | null } };
}

/** What came of taking changes out. */
export interface Undone {
  readonly restored: readonly string[];
  /** Files and links of ours that somebody has changed since: they stay. */
  readonly left: readonly string[];
  /** Copies of files in which somebody has changed our part, which was taken out. */
  readonly copies: readonly string[];
}

/** The changes, on record in a folder of root's. */
export class ChangeLog {
  readonly #folder: string;
  #record: Record;

  /** @throws ChangeLogError */
  constructor(folder: string) {
    this.#folder = folder;
    this.#record = existsSync(this.#file)
      ? parseRecord(readFileSync(this.#file, 'utf8'), this.#file)
      : { changed: {}, created: {}, links: {} };
  }

  /** Whether there is nothing to take out. */
  get isEmpty(): boolean {
    return Object.values(this.#record).every((each) => Object.keys(each as object).length === 0);
  }

  /**
   * Makes all changes or none, once copies are kept.
   *
   * @param first what they need to be there: called when no file is likely to fail any more
   * @throws ChangesFailed; what `first` throws
   */
  async make(
    files: readonly FileChange[],
    links: readonly LinkChange[],
    first: () => Promise<void>,
  ): Promise<void> {
    const staged = new StagedChanges(files, links);
    const before = structuredClone(this.#record);
    try {
      for (const { path } of files) if (!this.#isOnRecord(path)) this.#keepCopy('before-setup', path);
      await first();
      for (const change of files) this.#note(change);
      for (const link of links) this.#noteLink(link);
      this.#save();
      staged.commit();
    } catch (error) {
      staged.discard();
      this.#record = before;
      if (this.isEmpty) rmSync(this.#file, { force: true });
      else this.#save();
      throw error;
    }
  }

  /** Writes a file that stays when the rest is taken out. */
  keep(change: FileChange): void {
    this.#makeFolder();
    replaceFile(change);
  }

  /**
   * Takes everything out: what was there is as it was, to the byte; what others have added since stays.
   *
   * @throws BlockError, ChangesFailed; then no file was changed
   */
  undo(): Undone {
    const { files, ours, left, edited } = this.#lookAtFiles();
    const recorded = Object.entries(this.#record.links);
    const links = recorded.filter(([path, { target }]) => isLinkTo(path, target));
    const changedLinks = recorded
      .filter(
        ([path, { target, before }]) => isThere(path) && ![target, before].some((to) => isLinkTo(path, to)),
      )
      .map(([path]) => path);
    const copies = edited.flatMap((path) => this.#keepCopy('before-undo', path) ?? []);
    const former = links.flatMap(([path, { target, before }]) =>
      before === null ? [] : [{ path, before: target, target: before }],
    );
    const gone = [...ours, ...links.filter(([, { before }]) => before === null).map(([path]) => path)];
    new StagedChanges(files, former, existsSync(this.#file) ? [...gone, this.#file] : gone).commit();
    return {
      restored: [...files, ...former].map(({ path }) => path).concat(gone),
      left: [...left, ...changedLinks],
      copies,
    };
  }

  #lookAtFiles(): { files: FileChange[]; ours: string[]; left: string[]; edited: string[] } {
    const { changed, created } = this.#record;
    const found = {
      files: [] as FileChange[],
      ours: [] as string[],
      left: [] as string[],
      edited: [] as string[],
    };
    for (const [path, sha256] of Object.entries({ ...changed, ...created })) {
      const before = bytesOrNull(path);
      if (before === null) continue;
      const [block, after] = [blockOf(before, path), withoutBlock(before, path)];
      const isCreated = path in created;
      const isAsWritten = digest(isCreated ? before : block) === sha256;
      if (isCreated && (isAsWritten || after === '')) found.ours.push(path);
      else if (after !== before) found.files.push({ path, before, after });
      else if (isCreated) found.left.push(path);
      if (!isAsWritten && block !== '') found.edited.push(path);
    }
    return found;
  }

  #isOnRecord(path: string): boolean {
    return path in this.#record.changed || path in this.#record.created;
  }

  #note({ path, before, after }: FileChange): void {
    const { changed, created } = this.#record;
    if (before === null || path in created) created[path] = digest(after);
    else changed[path] = digest(blockOf(after, path));
  }

  /** Led elsewhere by a later setup, it is still taken back to where it led before the first. */
  #noteLink({ path, before, target }: LinkChange): void {
    const { links } = this.#record;
    links[path] = { target, before: path in links ? links[path]!.before : before };
  }

  get #file(): string {
    return join(this.#folder, 'setup.json');
  }

  /** @returns the copy; undefined if there is no such file */
  #keepCopy(kind: 'before-setup' | 'before-undo', path: string): string | undefined {
    if (!existsSync(path)) return undefined;
    const copy = join(this.#folder, kind, path);
    this.#makeFolder();
    mkdirSync(dirname(copy), { recursive: true, mode: 0o700 });
    copyFileSync(path, copy);
    return copy;
  }

  #makeFolder(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    chmodSync(this.#folder, 0o700);
  }

  #save(): void {
    this.#makeFolder();
    const after = inBytes(`${JSON.stringify(this.#record, null, 2)}\n`);
    replaceFile({ path: this.#file, before: null, after, access: { mode: 0o600 } });
  }
}

function parseRecord(text: string, file: string): Record {
  try {
    return JSON.parse(text) as Record;
  } catch {
    throw new ChangeLogError(
      `${file}, the record of what setup has changed, cannot be read: expected JSON; put a copy of it back`,
    );
  }
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isLinkTo(path: string, target: string | null): boolean {
  return (
    lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(path) === target
  );
}
