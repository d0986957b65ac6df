import { appendFile, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { ExpectedError } from '../expected-error.ts';
import type { CallClosing, CallOpening } from '../registry/call-records.ts';

/** A call whose process died before its terminal row was in the database. */
export interface JournalledCall {
  readonly opening: CallOpening;
  /** How it ended, if the process lived to see that. */
  readonly closing: UnchangedClosing | null;
  /** When its note was last written, ms since the epoch. Without a closing: when it arrived. */
  readonly notedAt: number;
}

/** How a call ended that changed no password. A change is recorded by its activation, and never here. */
export type UnchangedClosing = CallClosing & { outcome: Exclude<CallClosing['outcome'], 'changed'> };

/** Notes read at once: each holds a file descriptor, and an outage leaves thousands. */
const readersAtOnce = 16;

/**
 * A note is named by its call id, which reveals nothing about the caller. Other files in the folder are
 * not ours.
 */
const nameForm = /^[0-9a-f-]{36}$/;

/** The journal's folder cannot be used. */
export class JournalFailed extends ExpectedError {
  override readonly name = 'JournalFailed';
}

/**
 * The calls without a terminal row, one small file each (docs/adr/0018-journal-and-please-wait.md). A file is
 * made before the database hears of the call, gets a second line when the call ends, and is removed when the
 * call's terminal row is in the database. So a call is on record, with its true ending, even when the
 * database is unreachable and the process is killed. The journal survives the process; after a power cut it
 * holds only what had reached the disk.
 *
 * A file holds what the tables `calls` and `audit_log` hold: no code, no full number.
 */
export class CallJournal {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Creates the folder if it is missing. @throws JournalFailed if it cannot be written */
  static async open(directory: string): Promise<CallJournal> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const probe = join(directory, 'probe');
      await writeFile(probe, '');
      await rm(probe);
    } catch (error) {
      throw new JournalFailed(
        `the folder of JOURNAL_DIRECTORY cannot be written (${(error as NodeJS.ErrnoException).code}): expected a folder that the application's user owns`,
      );
    }
    return new CallJournal(directory);
  }

  /** Notes a call, and how it ended if that is known. @throws Error of the file system */
  async add(opening: CallOpening, closing?: UnchangedClosing): Promise<void> {
    const lines = [opening, ...(closing === undefined ? [] : [closing])].map((line) => JSON.stringify(line));
    await writeFile(join(this.#directory, opening.callId), lines.join('\n'), { mode: 0o600 });
  }

  /**
   * Notes how a call ended; of several endings the last one counts. Appended, so that a disk that is full
   * costs the ending and not the note.
   *
   * @throws Error of the file system
   */
  async end(callId: string, closing: UnchangedClosing): Promise<void> {
    await appendFile(join(this.#directory, callId), `\n${JSON.stringify(closing)}`, { mode: 0o600 });
  }

  /** Removes the note of a call that has its terminal row. @throws Error of the file system */
  async remove(callId: string): Promise<void> {
    await rm(join(this.#directory, callId), { force: true });
  }

  /**
   * The calls that earlier processes left. Ask once, before the first call.
   *
   * @throws Error of the file system
   */
  async readAll(): Promise<JournalledCall[]> {
    const names = (await readdir(this.#directory)).filter((name) => nameForm.test(name));
    const reader = pLimit(readersAtOnce);
    return Promise.all(names.map((name) => reader(() => this.#read(name))));
  }

  async #read(callId: string): Promise<JournalledCall> {
    const file = join(this.#directory, callId);
    const notedAt = (await stat(file)).mtimeMs;
    const [first = '', ...more] = (await readFile(file, 'utf8')).split('\n');
    // If the process was killed while writing, the name still says that there was a call.
    const unknown: CallOpening = { callId, instanceId: '', channelId: '', maskedPhone: '', phoneKey: null };
    return {
      opening: { ...unknown, ...parse<CallOpening>(first), callId },
      closing:
        more.map((line) => parse<UnchangedClosing>(line)).findLast((closing) => closing !== null) ?? null,
      notedAt,
    };
  }
}

/** Null for a line that was cut off: the process was killed while it wrote, or the disk was full. */
function parse<T>(line: string): T | null {
  try {
    return JSON.parse(line) as T;
  } catch {
    return null;
  }
}
