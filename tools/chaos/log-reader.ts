/** Reads the application's log as a service manager does, through a pipe, and can stop reading. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  constants,
  createWriteStream,
  openSync,
  rmSync,
  writeSync,
  type WriteStream,
} from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** Longer than what is left of a page in a pipe. */
const line = Buffer.alloc(4096, '\n');

export class LogReader {
  readonly #pipe: string;
  readonly #reader: Socket;
  readonly #kept: WriteStream;

  /**
   * Puts a pipe in place of the log. A process that opened the log earlier still has the file.
   *
   * @param log as `hotline run` opens it for each process
   * @param kept the file that gets what is read
   */
  constructor(log: string, kept: string) {
    this.#pipe = log;
    rmSync(log);
    const made = spawnSync('mkfifo', ['--mode=0600', log], { encoding: 'utf8' });
    if (made.status !== 0) throw new Error(`no pipe for the log: ${made.stderr}`);
    // Also for writing, so that the pipe does not end with the application.
    this.#reader = new Socket({
      fd: openSync(log, constants.O_RDWR | constants.O_NONBLOCK),
      writable: false,
    });
    this.#kept = createWriteStream(kept, { flags: 'a' });
    this.#reader.pipe(this.#kept);
  }

  /** Reads nothing for `ms`; the pipe is full from the start. */
  async stall(ms: number): Promise<void> {
    this.#reader.unpipe();
    this.#reader.pause();
    this.#fill();
    await pause(ms);
    this.#reader.pipe(this.#kept);
  }

  close(): void {
    this.#reader.destroy();
  }

  #fill(): void {
    const writer = openSync(this.#pipe, constants.O_WRONLY | constants.O_NONBLOCK);
    try {
      for (;;) writeSync(writer, line);
    } catch {
      closeSync(writer); // EAGAIN: it is full
    }
  }
}
