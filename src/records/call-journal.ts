import { existsSync } from 'node:fs';
import { appendFile, mkdir, readdir, readFile, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import pLimit from 'p-limit';
import { ExpectedError } from '../expected-error.ts';
import { whyNotWritable } from '../machine/not-writable.ts';
import { lockHolder } from '../machine/port-holder.ts';
import { lockFile, type FileLock } from '../machine/file-lock.ts';
import type { CallClosing, CallOpening } from '../registry/call-records.ts';
import { boundSteps } from './call-steps.ts';
import { StepsFile } from './steps-file.ts';

/** A call whose process died before its terminal row was in the database. */
export interface JournalledCall {
  readonly opening: CallOpening;
  /** How it ended, if the process lived to see that. */
  readonly closing: CallClosing | null;
  /** What happened until its process died, as it is kept. */
  readonly steps: string;
  /** When its note was last written, ms since the epoch. Without a closing: when it arrived. */
  readonly notedAt: number;
}

/** How a call ended that changed no password. A change is recorded by its activation. */
export type UnchangedClosing = CallClosing & { outcome: Exclude<CallClosing['outcome'], 'changed'> };

/** Notes read at once: each holds a file descriptor, and an outage leaves thousands. */
const readersAtOnce = 16;

/**
 * A note is named by its call id, which reveals nothing about the caller. Other files in the folder are
 * not ours.
 */
const nameForm = /^[0-9a-f-]{36}$/;

/** In the folder; held by the process whose journal it is. */
const lockName = 'lock';
/** In the folder: the steps of calls under way. */
const stepsName = 'steps';

/** The journal's folder cannot be used. */
export class JournalFailed extends ExpectedError {
  override readonly name = 'JournalFailed';
}

/**
 * The calls without a terminal row, one small file each (docs/adr/0018-journal-and-please-wait.md). A file is
 * made when a call arrives, written anew when it is known who calls, gets a second line when the call ends, and
 * is removed when the call's terminal row and its steps are in the database. So a call is on record, with its true
 * ending, even when the database is unreachable and the process is killed. The journal survives the process; after
 * a power cut it holds only what had reached the disk. The folder belongs to one process at a time, which locks it, so
 * what it finds there when it starts is left of processes that are dead.
 *
 * A file holds what the tables `calls`, `audit_log` and `call_steps` hold: no code, no full number.
 */
export class CallJournal {
  readonly #left: JournalledCall[];
  readonly #directory: string;
  readonly #lock: FileLock;
  readonly #steps: StepsFile;

  private constructor(directory: string, lock: FileLock, steps: StepsFile, left: JournalledCall[]) {
    this.#directory = directory;
    this.#lock = lock;
    this.#steps = steps;
    this.#left = left;
  }

  /**
   * Creates the folder if it is missing, locks it until the process ends, and reads what earlier
   * processes left. Opened before the first call, so nothing of this process is among that.
   *
   * @param onStepsFault is called when steps cannot be written, once until they can
   * @throws JournalFailed if it cannot be written or read, or another process has it
   */
  static async open(
    directory: string,
    onStepsFault: (error: unknown) => void = () => undefined,
  ): Promise<CallJournal> {
    try {
      await makeFolder(directory);
      const probe = join(directory, 'probe');
      await writeFile(probe, '');
      await unlink(probe);
      const lock = lockFile(join(directory, lockName));
      if (lock !== null) {
        const notes = await readNotes(directory);
        const ids = new Set(notes.map(({ opening }) => opening.callId));
        const steps = await StepsFile.open(join(directory, stepsName), (id) => ids.has(id), onStepsFault);
        const left = notes.map((note) => ({ ...note, steps: boundSteps(steps.of(note.opening.callId)) }));
        return new CallJournal(directory, lock, steps, left);
      }
    } catch (error) {
      throw new JournalFailed(`the folder of JOURNAL_DIRECTORY cannot be written (${whyNotWritable(error)})`);
    }
    throw new JournalFailed(
      `the folder of JOURNAL_DIRECTORY is in use by ${lockHolder(join(directory, lockName)) ?? 'another process'}: stop that one first, or give each hotline serve a folder of its own`,
    );
  }

  /** The calls that earlier processes left, as they were when the journal was opened; once. */
  takeLeft(): JournalledCall[] {
    return this.#left.splice(0);
  }

  /** Lets go of the folder. */
  async close(): Promise<void> {
    try {
      await this.#steps.close();
    } finally {
      this.#lock.release();
    }
  }

  /** Notes a call, and how it ended if that is known. @throws Error of the file system */
  async add(opening: CallOpening, closing?: CallClosing): Promise<void> {
    if (closing === undefined) this.#steps.begin(opening.callId);
    const lines = [opening, ...(closing === undefined ? [] : [closing])].map((line) => JSON.stringify(line));
    await writeFile(join(this.#directory, opening.callId), lines.join('\n'), { mode: 0o600 });
  }

  /**
   * Notes how a call ended; of several endings the last one counts. Appended, so that a disk that is full
   * costs the ending and not the note.
   *
   * @throws Error of the file system
   */
  async end(callId: string, closing: CallClosing): Promise<void> {
    await appendFile(join(this.#directory, callId), `\n${JSON.stringify(closing)}`, { mode: 0o600 });
    this.#steps.forget(callId); // the closing has them
  }

  /** Notes a step of a call that was noted and has not ended, as it is spelt. Returns at once. */
  addStep(callId: string, spelt: string): void {
    this.#steps.add(callId, spelt);
  }

  /** Removes the note of a call that has its terminal row. @throws Error of the file system */
  async remove(callId: string): Promise<void> {
    this.#steps.forget(callId);
    await unlink(join(this.#directory, callId)).catch(ifPresent); // rm would look at it first
  }
}

/** It may be gone already. */
function ifPresent(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}

/** Not by mkdir's `recursive`: in Node 24 it never ends where the kernel makes no folders, as in /proc. */
async function makeFolder(folder: string): Promise<void> {
  if (existsSync(folder)) return;
  await makeFolder(dirname(folder));
  await mkdir(folder, { mode: 0o700 });
}

type Note = Omit<JournalledCall, 'steps'>;

async function readNotes(directory: string): Promise<Note[]> {
  const names = (await readdir(directory)).filter((name) => nameForm.test(name));
  const reader = pLimit(readersAtOnce);
  const calls = await Promise.all(names.map((name) => reader(() => readNote(directory, name))));
  return calls.filter((call) => call !== null);
}

/** Null: it has vanished since the folder was listed, so somebody else has dealt with it. */
async function readNote(directory: string, callId: string): Promise<Note | null> {
  const file = join(directory, callId);
  const about = await stat(file).catch(() => null);
  if (about === null) return null;
  const [first = '', ...more] = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  // If the process was killed while writing, the name still says that there was a call.
  const unknown: CallOpening = { callId, instanceId: '', channelId: '', maskedPhone: '', phoneKey: null };
  return {
    opening: { ...unknown, ...parse<CallOpening>(first), callId },
    closing: more.map((line) => parse<CallClosing>(line)).findLast((closing) => closing !== null) ?? null,
    notedAt: about.mtimeMs,
  };
}

/** Null for a line that was cut off: the process was killed while it wrote, or the disk was full. */
function parse<T>(line: string): T | null {
  try {
    return JSON.parse(line) as T;
  } catch {
    return null;
  }
}
