/** The keys of one caller, in order and each once. */
import type { Digit } from '../../call/channel.ts';
import type { DtmfEvent } from './ari-events.ts';
import { DtmfEcho } from './dtmf-echo.ts';

const digits = new Set<string>('0123456789*#');

/** Delivers keys in order, each once although Asterisk reports some twice, and keeps those that come before anybody listens. */
export class DigitQueue {
  readonly #listeners = new Set<(digit: Digit) => void>();
  readonly #echo = new DtmfEcho();
  #kept: Digit[] | null = [];

  /** Adds a key; `playing`: whether a file is playing. A–D, which no handset sends, are dropped. */
  push(event: DtmfEvent, playing: boolean): void {
    if (!this.#echo.isEcho(event, playing) && digits.has(event.digit)) this.#deliver(event.digit as Digit);
  }

  #deliver(digit: Digit): void {
    if (this.#kept !== null) this.#kept.push(digit);
    else for (const listener of [...this.#listeners]) listener(digit);
  }

  /** Adds a listener, and returns a function that removes it. The first one gets the kept keys at once. */
  listen(listener: (digit: Digit) => void): () => void {
    this.#listeners.add(listener);
    const kept = this.#kept ?? [];
    this.#kept = null;
    for (const digit of kept) listener(digit);
    return () => void this.#listeners.delete(listener);
  }
}
