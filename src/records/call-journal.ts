import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ExpectedError } from '../expected-error.ts';
import type { CallOpening } from '../registry/call-records.ts';

/** The journal's folder cannot be used. */
export class JournalFailed extends ExpectedError {
  override readonly name = 'JournalFailed';
}

/** A call that a process did not see to its end. */
export interface InterruptedCall {
  readonly opening: CallOpening;
  /** Ms since the epoch. */
  readonly openedAt: number;
}

/** A note is named by its call's id, which says nothing of the caller; whatever else lies in the folder is not ours. */
const nameForm = /^[0-9a-f-]{36}$/;

/**
 * The calls under way, one small file each: made before the database hears of a call, removed when
 * its terminal row is there. So a call is not forgotten when the database is away and the process
 * is killed too. Survives the process; of a machine that loses its power, only what its disk had.
 *
 * What is in a file is what is in the database's table `calls`: no code, no full number.
 */
export class CallJournal {
  readonly #directory: string;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** Makes the folder if it is missing. @throws JournalFailed if it cannot be written */
  static async open(directory: string): Promise<CallJournal> {
    try {
      await mkdir(directory, { recursive: true, mode: 0o700 });
      const probe = join(directory, 'probe');
      await writeFile(probe, '');
      await rm(probe);
    } catch (error) {
      throw new JournalFailed(
        `the folder of JOURNAL_DIRECTORY cannot be written (${(error as NodeJS.ErrnoException).code}): expected one that belongs to the user of the application`,
      );
    }
    return new CallJournal(directory);
  }

  /** A call has come. @throws Error of the file system */
  async opened(opening: CallOpening): Promise<void> {
    await writeFile(join(this.#directory, opening.callId), JSON.stringify(opening), { mode: 0o600 });
  }

  /** The call has its terminal row. @throws Error of the file system */
  async ended(callId: string): Promise<void> {
    await rm(join(this.#directory, callId), { force: true });
  }

  /** What processes before this one left; asked once, before the first call. @throws Error of the file system */
  async interrupted(): Promise<InterruptedCall[]> {
    const names = (await readdir(this.#directory)).filter((name) => nameForm.test(name));
    return Promise.all(names.map((name) => this.#read(name)));
  }

  async #read(callId: string): Promise<InterruptedCall> {
    const file = join(this.#directory, callId);
    const openedAt = (await stat(file)).mtimeMs;
    // Killed in the middle of writing: that there was a call is in the name.
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
