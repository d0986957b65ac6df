import type { Digit } from '../call/channel.ts';
import type { DtmfEvent } from './ari-events.ts';

const digits = new Set<string>('0123456789*#');

/** Delivers keys in order; keeps those that come before anybody listens. */
export class DigitQueue {
  readonly #listeners = new Set<(digit: Digit) => void>();
  #kept: Digit[] | null = [];

  /** A–D, which no handset sends, are dropped. */
  push({ digit }: DtmfEvent): void {
    if (!digits.has(digit)) return;
    if (this.#kept !== null) this.#kept.push(digit as Digit);
    else for (const listener of [...this.#listeners]) listener(digit as Digit);
  }

  /** Adds a listener, the first of which gets the kept keys at once; returns what removes it. */
  listen(listener: (digit: Digit) => void): () => void {
    this.#listeners.add(listener);
    const kept = this.#kept ?? [];
    this.#kept = null;
    for (const digit of kept) listener(digit);
    return () => void this.#listeners.delete(listener);
  }
}
