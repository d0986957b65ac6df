/** Changes to files: made whole or not at all, with a copy kept of what was there, and taken out again. */
import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { withoutBlock } from './block.ts';

/** A file, and what it shall hold: a character a byte, since an admin's file may be in any encoding. */
export interface FileChange {
  readonly path: string;
  /** Null: it is not there. */
  readonly before: string | null;
  readonly after: string;
  /** Group and mode of a file that is not there; default: the group of its folder, 0640. Its owner is the folder's. */
  readonly access?: { readonly gid?: number; readonly mode: number };
  /** Names of what it sets, where nobody may see the values. */
  readonly secret?: readonly string[];
}

/** A symbolic link to be made. */
export interface LinkChange {
  readonly path: string;
  readonly target: string;
}

/** What was made, so that it can be taken out. Paths are absolute. */
interface Record {
  /** Files that have a part of ours. */
  readonly changed: string[];
  /** Files that were not there: SHA-256 of what was written, by path. */
  readonly created: { [path: string]: string };
  /** Links: where they lead, by path. */
  readonly links: { [path: string]: string };
  /** Whether the settings name a database that may not be there yet: a setup was cut off. */
  awaitsDatabase: boolean;
}

/** What came of taking changes out. */
export interface Undone {
  readonly restored: string[];
  /** Files of ours that somebody has changed since: they stay. */
  readonly left: string[];
}

/** The changes made by `hotline setup`, with copies of what was there, in a folder of root's. */
export class ChangeLog {
  readonly #folder: string;
  readonly #record: Record;

  constructor(folder: string) {
    this.#folder = folder;
    this.#record = existsSync(this.#file)
      ? (JSON.parse(readFileSync(this.#file, 'utf8')) as Record)
      : { changed: [], created: {}, links: {}, awaitsDatabase: false };
  }

  /** Whether there is nothing to take out. */
  get isEmpty(): boolean {
    const { changed, created, links } = this.#record;
    return changed.length + Object.keys(created).length + Object.keys(links).length === 0;
  }

  get awaitsDatabase(): boolean {
    return this.#record.awaitsDatabase;
  }

  set awaitsDatabase(awaits: boolean) {
    this.#record.awaitsDatabase = awaits;
    this.#save();
  }

  /** Writes the file, once its copy is kept and on record. */
  change(change: FileChange): void {
    const { path, before, after } = change;
    if (before === null || path in this.#record.created) this.#record.created[path] = digest(after);
    else if (!this.#record.changed.includes(path)) this.#record.changed.push(path);
    if (before !== null && !(path in this.#record.created)) this.#keepCopy(path);
    this.#save();
    replaceFile(change);
  }

  link({ path, target }: LinkChange): void {
    this.#record.links[path] = target;
    this.#save();
    symlinkSync(target, path);
  }

  /** Writes a file that stays when the rest is taken out. */
  keep(change: FileChange): void {
    replaceFile(change);
  }

  /** Takes everything out: what was there is as it was, to the byte; what others have added since stays. */
  undo(): Undone {
    const undone: Undone = { restored: [], left: [] };
    const { changed, created, links } = this.#record;
    for (const [path, target] of Object.entries(links))
      if (isLinkTo(path, target)) {
        rmSync(path);
        undone.restored.push(path);
      }
    for (const path of changed.filter((each) => existsSync(each))) {
      const before = bytesOf(path);
      const after = withoutBlock(before);
      if (after === before) continue;
      replaceFile({ path, before, after });
      undone.restored.push(path);
    }
    for (const [path, sha256] of Object.entries(created).filter(([each]) => existsSync(each))) {
      const text = bytesOf(path);
      const isOurs = digest(text) === sha256 || withoutBlock(text) === '';
      if (isOurs) rmSync(path);
      (isOurs ? undone.restored : undone.left).push(path);
    }
    rmSync(this.#file, { force: true });
    return undone;
  }

  get #file(): string {
    return join(this.#folder, 'setup.json');
  }

  /** The first copy stays: it is how the file was before us. */
  #keepCopy(path: string): void {
    const copy = join(this.#folder, 'before-setup', path);
    if (existsSync(copy)) return;
    mkdirSync(dirname(copy), { recursive: true, mode: 0o700 });
    copyFileSync(path, copy);
  }

  #save(): void {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    chmodSync(this.#folder, 0o700);
    const text = `${JSON.stringify(this.#record, null, 2)}\n`;
    replaceFile({ path: this.#file, before: null, after: text, access: { mode: 0o600 } });
  }
}

/** The bytes of a file, a character each. */
export function bytesOf(path: string): string {
  return readFileSync(path, 'latin1');
}

/** The same; null if there is no such file. */
export function bytesOrNull(path: string): string | null {
  return existsSync(path) ? bytesOf(path) : null;
}

/** Replaces a file in one step, with the owner and the mode it had. A link goes on leading to it. */
function replaceFile({ path: named, before, after, access }: FileChange): void {
  const path = before === null ? named : realpathSync(named);
  const partial = `${path}.hotline-new`;
  const folder = statSync(dirname(path));
  const { uid, gid, mode } =
    before === null ? { uid: folder.uid, gid: folder.gid, mode: 0o640, ...access } : statSync(path);
  rmSync(partial, { force: true });
  writeFileSync(partial, '', { mode: 0o600, flag: 'wx' });
  chownSync(partial, uid, gid);
  chmodSync(partial, mode & 0o7777);
  writeFileSync(partial, after, { encoding: 'latin1', flush: true });
  renameSync(partial, path);
}

function isLinkTo(path: string, target: string): boolean {
  return (
    lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true && readlinkSync(path) === target
  );
}

function digest(text: string): string {
  return createHash('sha256').update(text, 'latin1').digest('hex');
}
