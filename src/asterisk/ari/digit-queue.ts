/** The keys of one caller, in order and each once, although Asterisk reports some of them twice. */
import type { Digit } from '../../call/channel.ts';
import type { DtmfEvent } from './ari-events.ts';

const digits = new Set<string>('0123456789*#');

/**
 * The shortest pause between two keys (ITU-T Q.24), ms. The same key can come again only after its
 * tone and this pause; its echo follows within a packet. What comes in the first half of that time
 * counts as an echo, which leaves the other half for a machine that is late.
 */
const minPauseMs = 40;
/** How late we may read an event on a busy machine, ms. */
const lateMs = 250;
/** How long Asterisk may be busy with a key that came while nothing was playing, ms. */
const emulationMs = 250;

/** An event, and when it came, by our clock. */
interface Arrival {
  readonly event: DtmfEvent;
  readonly arrivedAt: number;
}

/**
 * Delivers keys in order, each once, and keeps those that come before anybody listens.
 *
 * While no file plays, Asterisk (main/channel.c, `__ast_read`) enforces 45 ms between two keys. A key
 * that comes sooner is reported, put back, and reported again later: an echo, with the same digit and
 * duration, that follows directly. While a file plays there is no echo, and `Call` therefore plays
 * silence between prompts. Echoes remain before the first playback, between two playbacks, and on a
 * PBX without our asterisk.conf.
 */
export class DigitQueue {
  readonly #listeners = new Set<(digit: Digit) => void>();
  #kept: Digit[] | null = [];
  #last: Arrival | undefined;
  /** When the last key came while nothing was playing, by Asterisk's clock, ms. */
  #onSilentLineAt = -Infinity;

  /** Adds a key; `playing`: whether a file is playing. A–D, which no handset sends, are dropped. */
  push(event: DtmfEvent, playing: boolean): void {
    if (!playing) this.#onSilentLineAt = event.timestamp;
    const arrivedAt = performance.now();
    const last = this.#last;
    const isEcho =
      event.timestamp - this.#onSilentLineAt < emulationMs &&
      last?.event.digit === event.digit &&
      last.event.duration_ms === event.duration_ms &&
      apartMs(last, { event, arrivedAt }) < (event.duration_ms + minPauseMs) / 2;
    // A key is echoed once. The same key after an echo is a new one.
    this.#last = isEcho ? undefined : { event, arrivedAt };
    if (!isEcho && digits.has(event.digit)) this.#deliver(event.digit as Digit);
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

/**
 * The time between two keys, ms, by Asterisk's clock: we may read both at once, or the second one late. Ours
 * decides only where that clock must have been stepped.
 */
function apartMs(first: Arrival, second: Arrival): number {
  const theirs = second.event.timestamp - first.event.timestamp;
  const ours = second.arrivedAt - first.arrivedAt;
  return theirs < 0 ? ours : Math.max(theirs, ours - lateMs);
}
