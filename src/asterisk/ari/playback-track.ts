/** Where in its list of sounds a playback is, worked out from events, answers and lengths. */
import type { Sound } from '../../call/channel.ts';
import type { PlaybackSnapshot } from './ari-events.ts';

/** Tolerance for Asterisk's timestamps, ms. Lengths are exact, and it never plays faster. */
const earlyMs = 100;

/** The time that has passed, ms. It is known only within bounds: events may be late, and clocks stepped. */
interface Elapsed {
  readonly atLeast: number;
  readonly atMost: number;
}

/**
 * How far a list of sounds has been played, even if events are lost.
 *
 * Asterisk's timestamps are those of its wall clock, which may be stepped; ours is monotonic, but an
 * event may reach us late. A sound counts as skipped only if both clocks say so, and a place in the
 * list as reached only if neither says that there was no time for it.
 *
 * Asterisk names the sound that is playing and the next one, not their place in the list, and a list
 * may hold both several times. The place is then the furthest that could have been reached in the
 * time that has passed. If there is none, Asterisk has skipped a file, or we know too little.
 */
export class PlaybackTrack {
  /** What Asterisk calls each sound. Worked out once: each event looks through all of them. */
  readonly #uris: readonly string[];
  /** When each sound begins, and at last when all is over, ms after the first begins. */
  readonly #startsMs: readonly number[];
  #index = -1;
  /**
   * When the sound at `#index` began, or the first one could begin: by our clock, and by Asterisk's
   * if an event said so.
   */
  #ours = performance.now();
  #theirs: number | undefined;

  /** @param lengthOf length of a sound, ms */
  constructor(sounds: readonly Sound[], lengthOf: (sound: Sound) => number) {
    this.#uris = sounds.map((sound) => `sound:${sound}`);
    let endMs = 0;
    this.#startsMs = [0, ...sounds.map((sound) => (endMs += lengthOf(sound)))];
  }

  /** Place of the sound that began last; -1 before the first. */
  get index(): number {
    return this.#index;
  }

  /** Time until the sound that began last should end, ms; 0 if it should have ended. */
  get dueInMs(): number {
    return Math.max(0, this.#ours + this.#lengthBetween(this.#index, this.#index + 1) - performance.now());
  }

  /** When the last sound ended, if the one that began last is it: it did when it was due, however late that was told. */
  get endMs(): number {
    return Math.min(performance.now(), this.#ours + this.#lengthBetween(this.#index, this.#index + 1));
  }

  /** Notes that earlier playbacks have ended and the first sound can begin, since when by performance.now(). */
  itsTurn(sinceMs: number): void {
    if (this.#index < 0) this.#ours = sinceMs;
  }

  /** Handles the event that a sound begins. Returns false if a sound before it may not have been played. */
  begins(playback: PlaybackSnapshot, timestamp: number): boolean {
    if (timestamp === this.#theirs && this.#names(playback, this.#index)) return true; // the same event again
    const expected = this.#index + 1;
    const elapsed = this.#elapsed(timestamp);
    const inTime = this.#furthest(playback, expected, elapsed);
    // A recording may have become shorter since its length was read.
    const index =
      inTime < 0 && this.#names(playback, expected) && !this.#tooShort(elapsed) ? expected : inTime;
    if (index < 0) return false;
    this.#index = index;
    this.#ours = performance.now();
    this.#theirs = timestamp;
    return true;
  }

  /**
   * Handles Asterisk's answer about where it is. Returns false if that is impossible, or if a sound
   * before it may not have been played.
   */
  isAt(playback: PlaybackSnapshot): boolean {
    const index = this.#furthest(playback, Math.max(this.#index, 0), exactly(performance.now() - this.#ours));
    if (index < 0 || playback.state === 'queued') return false;
    const passed = this.#lengthBetween(this.#index, index);
    this.#index = index;
    this.#ours += passed;
    if (this.#theirs !== undefined) this.#theirs += passed;
    return true;
  }

  /** Handles the end of the playback. Returns whether every sound was played. */
  endsComplete(playback: PlaybackSnapshot, timestamp: number): boolean {
    const last = this.#uris.length - 1;
    if (this.#index === last) return !this.#tooShort(this.#elapsed(timestamp));
    if (!this.#names(playback, last) || !this.#leavesTimeFor(last + 1, this.#elapsed(timestamp)))
      return false;
    this.#index = last;
    return true;
  }

  #furthest(playback: PlaybackSnapshot, from: number, elapsed: Elapsed): number {
    for (let index = this.#uris.length - 1; index >= from; index--)
      if (this.#names(playback, index) && this.#leavesTimeFor(index, elapsed)) return index;
    return -1;
  }

  #names({ media_uri, next_media_uri }: PlaybackSnapshot, index: number): boolean {
    return media_uri === this.#uris[index] && next_media_uri === this.#uris[index + 1];
  }

  #leavesTimeFor(index: number, { atLeast }: Elapsed): boolean {
    return atLeast >= this.#lengthBetween(this.#index, index) - earlyMs;
  }

  #tooShort({ atMost }: Elapsed): boolean {
    return atMost < this.#lengthBetween(this.#index, this.#index + 1) / 4;
  }

  #elapsed(timestamp: number): Elapsed {
    const ours = performance.now() - this.#ours;
    if (this.#theirs === undefined) return exactly(ours);
    const theirs = timestamp - this.#theirs;
    return { atLeast: Math.min(ours, theirs), atMost: Math.max(ours, theirs) };
  }

  #lengthBetween(from: number, to: number): number {
    return this.#startsMs[Math.max(to, 0)]! - this.#startsMs[Math.max(from, 0)]!;
  }
}

const exactly = (ms: number): Elapsed => ({ atLeast: ms, atMost: ms });
