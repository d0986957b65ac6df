import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../expected-error.ts';
import type { CallOpening } from '../registry/call-records.ts';

/** A call that had not ended when its process died. */
export interface InterruptedCall {
  readonly opening: CallOpening;
  /** Ms since the epoch. */
  readonly openedAt: number;
}

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
 * The calls under way, one small file each (docs/adr/0018-journal-and-please-wait.md). A file is made before
 * the database hears of the call, and removed when the call's terminal row is in the database. So a call
 * is on record even when the database is unreachable and the process is killed. The journal survives the
 * process; after a power cut it holds only what had reached the disk.
 *
 * A file holds what the table `calls` holds: no code, no full number.
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

  /** Notes a call. @throws Error of the file system */
  async add(opening: CallOpening): Promise<void> {
    await writeFile(join(this.#directory, opening.callId), JSON.stringify(opening), { mode: 0o600 });
  }

  /** Removes the note of a call that has its terminal row. @throws Error of the file system */
  async remove(callId: string): Promise<void> {
    await rm(join(this.#directory, callId), { force: true });
  }

  /**
   * The interrupted calls of earlier processes. Ask once, before the first call.
   *
   * @throws Error of the file system
   */
  async readInterrupted(): Promise<InterruptedCall[]> {
    const names = (await readdir(this.#directory)).filter((name) => nameForm.test(name));
    return Promise.all(names.map((name) => this.#read(name)));
  }

  async #read(callId: string): Promise<InterruptedCall> {
    const file = join(this.#directory, callId);
    const openedAt = (await stat(file)).mtimeMs;
    // If the process was killed while writing, the name still says that there was a call.
    const unknown: CallOpening = { callId, instanceId: '', channelId: '', maskedPhone: '', phoneKey: null };
    try {
      return {
        opening: { ...unknown, ...(JSON.parse(await readFile(file, 'utf8')) as CallOpening), callId },
        openedAt,
      };
    } catch {
      return { opening: unknown, openedAt };
    }
  }
}
