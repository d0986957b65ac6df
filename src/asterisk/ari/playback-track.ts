import type { Sound } from '../../call/channel.ts';
import type { PlaybackSnapshot } from './ari-events.ts';

/** Lengths are exact and Asterisk never plays faster; its time stamps may still be a little off, ms. */
const earlyMs = 100;

/**
 * How far a list of sounds has been played, also when events are lost.
 *
 * Asterisk names the sound it plays and the one after it, not their place in the list, and a list
 * may hold both several times. Of these places it is the furthest that all sounds before it leave
 * time for. If they leave time for none, Asterisk has passed over a file, or we know too little.
 */
export class PlaybackTrack {
  readonly #sounds: readonly Sound[];
  readonly #lengthOf: (sound: Sound) => number;
  #index = -1;
  /** When the sound at `#index` began, or the first one could begin: by our clock, and by Asterisk's if an event told. */
  #ours = performance.now();
  #theirs: number | undefined;

  /** `lengthOf`: length of a sound, ms. */
  constructor(sounds: readonly Sound[], lengthOf: (sound: Sound) => number) {
    this.#sounds = sounds;
    this.#lengthOf = lengthOf;
  }

  /** The sound that began last; -1 before the first. */
  get index(): number {
    return this.#index;
  }

  /** Until the sound that began last should be over, ms; 0 when it should be already. */
  get dueInMs(): number {
    return Math.max(0, this.#ours + this.#lengthBetween(this.#index, this.#index + 1) - performance.now());
  }

  /** Nothing is in the way of the first sound any more. */
  itsTurn(): void {
    if (this.#index < 0) this.#ours = performance.now();
  }

  /** Takes the event that a sound begins. Returns false if a sound before it may not have been played. */
  begins(playback: PlaybackSnapshot, timestamp: number): boolean {
    const expected = this.#index + 1;
    const elapsed = this.#elapsed(timestamp);
    const inTime = this.#furthest(playback, expected, elapsed);
    // A recording that is shorter than it was at our start is no reason to give up.
    const index =
      inTime < 0 && this.#names(playback, expected) && !this.#tooShort(elapsed) ? expected : inTime;
    if (index < 0) return false;
    this.#index = index;
    this.#ours = performance.now();
    this.#theirs = timestamp;
    return true;
  }

  /** Takes Asterisk's answer where it is now. Returns false if that cannot be, or a sound before it may not have been played. */
  isAt(playback: PlaybackSnapshot): boolean {
    const index = this.#furthest(playback, Math.max(this.#index, 0), performance.now() - this.#ours);
    if (index < 0 || playback.state === 'queued') return false;
    const passed = this.#lengthBetween(this.#index, index);
    this.#index = index;
    this.#ours += passed;
    if (this.#theirs !== undefined) this.#theirs += passed;
    return true;
  }

  /** Whether the current sound, which ends now, was passed over: Asterisk does that with a file it cannot open. */
  wasSkipped(playback: PlaybackSnapshot, timestamp: number): boolean {
    return this.#names(playback, this.#index) && this.#tooShort(this.#elapsed(timestamp));
  }

  /** Takes the end of the playback. Returns whether every sound was played. */
  endsComplete(playback: PlaybackSnapshot, timestamp: number): boolean {
    const last = this.#sounds.length - 1;
    if (this.#index === last) return !this.#tooShort(this.#elapsed(timestamp));
    if (!this.#names(playback, last) || !this.#leavesTimeFor(last + 1, this.#elapsed(timestamp)))
      return false;
    this.#index = last;
    return true;
  }

  #furthest(playback: PlaybackSnapshot, from: number, elapsed: number): number {
    return this.#sounds.findLastIndex(
      (_, index) => index >= from && this.#names(playback, index) && this.#leavesTimeFor(index, elapsed),
    );
  }

  #names({ media_uri, next_media_uri }: PlaybackSnapshot, index: number): boolean {
    const uri = (sound: Sound | undefined) => sound && `sound:${sound}`;
    return media_uri === uri(this.#sounds[index]) && next_media_uri === uri(this.#sounds[index + 1]);
  }

  #leavesTimeFor(index: number, elapsed: number): boolean {
    return elapsed >= this.#lengthBetween(this.#index, index) - earlyMs;
  }

  #tooShort(elapsed: number): boolean {
    return elapsed < this.#lengthBetween(this.#index, this.#index + 1) / 4;
  }

  #elapsed(timestamp: number): number {
    return this.#theirs === undefined ? performance.now() - this.#ours : timestamp - this.#theirs;
  }

  #lengthBetween(from: number, to: number): number {
    return this.#sounds
      .slice(Math.max(from, 0), Math.max(to, 0))
      .reduce((sum, sound) => sum + this.#lengthOf(sound), 0);
  }
}
