import type { Digit } from '../../call/channel.ts';
import type { DtmfEvent } from './ari-events.ts';

const digits = new Set<string>('0123456789*#');

/**
 * The shortest pause between two keys (ITU-T Q.24), ms. A key is repeated after its tone and this at
 * the earliest; its echo follows within a packet. What comes in the first half of that time is an
 * echo: a machine may be late by the other half before a key is lost, or one is doubled.
 */
const shortestPauseMs = 40;
/** How long after a key on a silent line Asterisk may still be busy with it, ms. */
const emulationMs = 250;

/**
 * Delivers keys in order, each once; keeps those that come before anybody listens.
 *
 * While no file plays, Asterisk (main/channel.c, `__ast_read`) wants 45 ms between two keys. A key
 * that comes sooner is reported, put back, and reported again when its time has come: the echo has
 * the same digit and duration, and follows directly. While a file plays there is no echo, so the
 * line is kept busy with silence (`Call`); what is left are the moments before the first playback
 * and between two, and a PBX without our asterisk.conf.
 */
export class DigitQueue {
  readonly #listeners = new Set<(digit: Digit) => void>();
  #kept: Digit[] | null = [];
  #last: DtmfEvent | undefined;
  /** When the last key came on a line where nothing played. Asterisk's clock, ms. */
  #onSilentLineAt = -Infinity;

  /** Takes a key; `playing`: a file plays on the channel. A–D, which no handset sends, are dropped. */
  push(event: DtmfEvent, playing: boolean): void {
    if (!playing) this.#onSilentLineAt = event.timestamp;
    const last = this.#last;
    const isEcho =
      event.timestamp - this.#onSilentLineAt < emulationMs &&
      last?.digit === event.digit &&
      last.duration_ms === event.duration_ms &&
      event.timestamp - last.timestamp < (event.duration_ms + shortestPauseMs) / 2;
    // A key is echoed once: after an echo, the same key again is a new one.
    this.#last = isEcho ? undefined : event;
    if (!isEcho && digits.has(event.digit)) this.#deliver(event.digit as Digit);
  }

  #deliver(digit: Digit): void {
    if (this.#kept !== null) this.#kept.push(digit);
    else for (const listener of [...this.#listeners]) listener(digit);
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
