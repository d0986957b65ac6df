/**
 * Where log lines go: a stream whose reader may stall, vanish or run out of space. A log must not hold
 * up calls, nor end the process, nor fill its memory, so lines are dropped instead, and counted
 * (docs/adr/0033-start-log-watchdog.md).
 */
import { Writable } from 'node:stream';

/** Waiting for a slow reader at most, bytes: several thousand lines. */
const maxWaitingBytes = 1_000_000;

/**
 * Writes lines to `target`, and drops those that it does not take: at once where too much waits already,
 * and where writing failed.
 */
export class LogOutput extends Writable {
  readonly #target: Writable;
  readonly #onDropped: (lines: number) => void;
  #dropped = 0;

  /**
   * @param target gets whole lines; its errors are taken care of
   * @param onDropped called with the number of lines that were dropped, once lines are taken again
   */
  constructor(target: Writable, onDropped: (lines: number) => void) {
    super({ decodeStrings: false });
    this.#target = target;
    this.#onDropped = onDropped;
    target.on('error', () => undefined); // each failed line hears of it below
    doNotBlock(target);
  }

  override _write(line: string, _encoding: string, done: () => void): void {
    if (this.#target.writableLength + line.length > maxWaitingBytes) this.#dropped++;
    else this.#target.write(line, (error) => this.#wrote(error));
    done();
  }

  #wrote(error: Error | null | undefined): void {
    if (error) this.#dropped++;
    // Not while some still wait, or a slow reader would get a report between any two lines.
    else if (this.#dropped > 0 && this.#target.writableLength === 0) {
      const dropped = this.#dropped;
      this.#dropped = 0;
      this.#onDropped(dropped);
    }
  }
}

/** Node writes to terminals blocking (tty.WriteStream), so Ctrl-S would stop the event loop. */
function doNotBlock(target: Writable): void {
  const { _handle: handle } = target as { _handle?: { setBlocking?: (blocking: boolean) => void } };
  handle?.setBlocking?.(false);
}
