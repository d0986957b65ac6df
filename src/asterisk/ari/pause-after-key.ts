/**
 * The pause after a caller's last key counts from that key. What passes until we hear of it, and until Asterisk
 * hears of the pause, is left out of the pause: it is silence as well.
 */
import type { Sound } from '../../call/channel.ts';
import { isSilence } from '../../call/prompts.ts';

/** What is left out at most, ms: less than a recording may be short by before it counts as skipped (playback-track.ts). */
const mostMs = 80;
/** Left out in steps of this, so that no packet holds less sound, ms. */
const stepMs = 10;
/** A key longer ago has nothing to do with the pause, ms. A clock that differs from ours by more says nothing. */
const recentMs = 300;
/** Asterisk sends the first packet of a file before it goes to the offset (`ast_streamfile` in main/file.c), ms. */
const firstPacketMs = 20;

export class PauseAfterKey {
  /** When the last key was released, by performance.now(). */
  #keyedAtMs = -Infinity;
  /** How long the event of it was on its way, ms. A request takes about as long. */
  #wayMs = 0;

  /** @param timestamp of the key's event, by Asterisk's clock */
  noteKey(timestamp: number): void {
    const wayMs = Date.now() - timestamp;
    this.#wayMs = wayMs >= 0 && wayMs <= recentMs ? wayMs : 0;
    this.#keyedAtMs = performance.now() - this.#wayMs;
  }

  /** Where a playback that is requested now begins; at its beginning if that is no silence, or no key was pressed just now. */
  offset([first]: readonly Sound[]): { readonly offsetms?: number } {
    const sinceKeyMs = performance.now() - this.#keyedAtMs;
    if (first === undefined || !isSilence(first) || sinceKeyMs > recentMs) return {};
    const lateMs = Math.min(sinceKeyMs + this.#wayMs, mostMs);
    return { offsetms: Math.ceil(lateMs / stepMs) * stepMs + firstPacketMs };
  }
}
