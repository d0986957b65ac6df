/**
 * The steps of the calls under way, in one file of the journal's folder, so that a call whose process died
 * has its steps up to that moment. One file for all: a file a call, opened, written and closed for each step,
 * takes a quarter of a millisecond of processor time a step, and a call has dozens.
 */
import { open, readFile, rename, type FileHandle } from 'node:fs/promises';
import { wait } from '../timing/wait.ts';

/** What comes within this time is written together, ms. It may be lost with the process. */
const gatherMs = 20;
/** When the file is written anew, bytes: by then most of it is of calls that have ended. */
const rewriteBytes = 1_000_000;
/** Lines kept of one call. It has so many only if its phone goes on hold and back all the time. */
const maxLines = 300;

const lineForm = /^([0-9a-f-]{36}) (\[.*\])$/;

export class StepsFile {
  readonly #path: string;
  readonly #onFault: (error: unknown) => void;
  /** Of the calls under way, and of those that earlier processes left. Others have no steps here. */
  readonly #calls: Map<string, string[]>;
  #file: FileHandle;
  #bytes = 0;
  #pending: string[] = [];
  #writing: Promise<void> | undefined;
  #hasFailed = false;

  private constructor(
    path: string,
    file: FileHandle,
    calls: Map<string, string[]>,
    onFault: (error: unknown) => void,
  ) {
    this.#path = path;
    this.#file = file;
    this.#calls = calls;
    this.#onFault = onFault;
  }

  /**
   * Reads what earlier processes left, and opens the file for more.
   *
   * @param isWanted whether the steps of a call that was left are still of use
   * @param onFault is called when steps cannot be written, once until they can
   * @throws Error of the file system
   */
  static async open(
    path: string,
    isWanted: (callId: string) => boolean,
    onFault: (error: unknown) => void,
  ): Promise<StepsFile> {
    const calls = readLines(await readFile(path, 'utf8').catch(ifMissing), isWanted);
    const steps = new StepsFile(path, await open(path, 'a', 0o600), calls, onFault);
    await steps.#rewrite();
    return steps;
  }

  /** Takes the steps of a call from now on. */
  begin(callId: string): void {
    if (!this.#calls.has(callId)) this.#calls.set(callId, []);
  }

  /** Notes a step of a call that has begun and is not forgotten, as it is spelt. Returns at once. */
  add(callId: string, spelt: string): void {
    const lines = this.#calls.get(callId);
    if (lines === undefined || lines.length >= maxLines) return;
    lines.push(spelt);
    this.#pending.push(lineOf(callId, spelt));
    this.#writing ??= this.#writePending();
  }

  /** The steps of one call. */
  of(callId: string): readonly string[] {
    return this.#calls.get(callId) ?? [];
  }

  /** Drops the steps of a call: they are kept elsewhere by now. */
  forget(callId: string): void {
    this.#calls.delete(callId);
  }

  /** Writes what is left. */
  async close(): Promise<void> {
    await this.#writing;
    await this.#file.close();
  }

  /** Never rejects. */
  async #writePending(): Promise<void> {
    await wait(gatherMs, { keepsAlive: false });
    while (this.#pending.length > 0) {
      const text = this.#pending.splice(0).join('');
      try {
        // What failed may have written half a line.
        await this.#file.appendFile(this.#hasFailed ? `\n${text}` : text);
        this.#hasFailed = false;
        this.#bytes += text.length;
        if (this.#bytes > rewriteBytes) await this.#rewrite();
      } catch (error) {
        if (!this.#hasFailed) this.#onFault(error);
        this.#hasFailed = true;
      }
    }
    this.#writing = undefined;
  }

  /** Leaves out the calls that have ended. What is pending of the others is written with them, or stays pending. */
  async #rewrite(): Promise<void> {
    this.#bytes = 0; // if it fails, it is tried again after as much
    const text = [...this.#calls].flatMap(([callId, lines]) => lines.map((line) => lineOf(callId, line)));
    const pending = this.#pending.splice(0);
    try {
      const before = this.#file;
      this.#file = await writeAnew(this.#path, text.join(''));
      await before.close().catch(() => undefined);
    } catch (error) {
      this.#pending.unshift(...pending);
      throw error;
    }
  }
}

/** Puts a file with this text in the place of another, and returns it, open for more. */
async function writeAnew(path: string, text: string): Promise<FileHandle> {
  const file = await open(`${path}.new`, 'w', 0o600);
  try {
    await file.appendFile(text);
    await rename(`${path}.new`, path);
    return file;
  } catch (error) {
    await file.close().catch(() => undefined);
    throw error;
  }
}

function ifMissing(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT') return '';
  throw error;
}

const lineOf = (callId: string, spelt: string): string => `${callId} ${spelt}\n`;

/** Two lines that grew together look like one. */
function isStep(spelt: string): boolean {
  try {
    return typeof (JSON.parse(spelt) as unknown[])[0] === 'number';
  } catch {
    return false;
  }
}

/** A line that was cut off is left out: the process or the machine died while it wrote, or the disk was full. */
function readLines(text: string, isWanted: (callId: string) => boolean): Map<string, string[]> {
  const calls = new Map<string, string[]>();
  for (const line of text.split('\n')) {
    const [, callId = '', spelt = ''] = lineForm.exec(line) ?? [];
    if (callId === '' || !isStep(spelt) || !isWanted(callId)) continue;
    const lines = calls.get(callId);
    if (lines === undefined) calls.set(callId, [spelt]);
    else lines.push(spelt);
  }
  return calls;
}
