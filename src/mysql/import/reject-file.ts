import { open, rm, stat, type FileHandle } from 'node:fs/promises';
import { stringify, type Options } from 'csv-stringify/sync';
import { whyNotWritable } from '../../machine/not-writable.ts';
import type { ImportColumn } from './account-header.ts';
import { ImportFailed } from './import-error.ts';

/** One remark about a line of an import file. */
export interface Remark {
  line: number;
  /** `rejected`: not loaded. `loaded`: loaded, but somebody should look at it. */
  result: 'rejected' | 'loaded';
  column: ImportColumn | '';
  reason: string;
}

/** Remarks kept before they are written: few enough for memory, many enough to be quick. */
const remarksAtOnce = 1000;

const columns = ['line', 'result', 'column', 'reason'] satisfies (keyof Remark)[];

const csv: Options = {
  columns,
  cast: { string: (value, { column }) => ({ value, quoted: column === 'reason' }) },
  // The texts are ours. Should one ever repeat what a line holds, no spreadsheet runs it.
  escape_formulas: true,
};

/**
 * The report of an import: CSV with `line,result,column,reason`, mode 0600. It holds line numbers
 * and reasons only: what stands in the lines belongs in no file but the registry itself (I6).
 */
export class RejectFile {
  readonly path: string;
  readonly #file: FileHandle;
  #unwritten: Remark[] = [];
  #count = 0;
  #hasHeader = false;
  #isClosed = false;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /**
   * Replaces the report of an earlier run.
   *
   * @throws ImportFailed if `path` cannot be written, or is the import file itself.
   */
  static async create(path: string, importFile: string): Promise<RejectFile> {
    if (await isSameFile(path, importFile))
      throw new ImportFailed(
        'The reject file would overwrite the file to import: give another one with --rejects',
      );
    try {
      await rm(path, { force: true });
      return new RejectFile(path, await open(path, 'wx', 0o600));
    } catch (error) {
      throw new ImportFailed(
        `The reject file ${path} cannot be written (${whyNotWritable(error)}), or give another place with --rejects`,
      );
    }
  }

  async add(remark: Remark): Promise<void> {
    this.#count++;
    if (this.#unwritten.push(remark) >= remarksAtOnce) await this.#flush();
  }

  /** Completes the file; an empty one is removed. True if it has remarks. A second call does nothing. */
  async close(): Promise<boolean> {
    if (this.#isClosed) return this.#count > 0;
    this.#isClosed = true;
    try {
      if (this.#count > 0) await this.#flush();
    } finally {
      await this.#file.close();
    }
    if (this.#count === 0) await rm(this.path);
    return this.#count > 0;
  }

  async #flush(): Promise<void> {
    try {
      await this.#file.appendFile(stringify(this.#unwritten, { ...csv, header: !this.#hasHeader }));
    } catch (error) {
      throw new ImportFailed(`The reject file ${this.path} cannot be written (${whyNotWritable(error)})`);
    }
    this.#unwritten = [];
    this.#hasHeader = true;
  }
}

async function isSameFile(path: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([path, other].map((name) => stat(name).catch(() => undefined)));
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}
