/**
 * Tells which recordings are being played, from the packets of a call.
 *
 * Asterisk sends an A-law recording to an A-law caller unchanged, 160 bytes a packet from its first
 * byte, so each packet either is the expected frame of a recording or it is not: no correlation,
 * no threshold. What stays uncertain is resolved by waiting: silence, which many recordings share,
 * proves nothing, and recordings with the same beginning are named where they part.
 */
import { Guess, type StreamFrame } from './prompt-candidate.ts';
import { PACKET_MS } from './key-script.ts';
import type { HeardPacket } from './rtp-receiver.ts';
import { frameText, isVoiced, type IndexedSound } from './sound-index.ts';

/** How a recording ended. Times are of the clock of the packets. */
export interface SoundEnd {
  readonly startedAtMs: number;
  /** End of its last packet; of the last one with sound in it when it was cut off. */
  readonly endedAtMs: number;
  /** It was heard to its last frame (packets lost on the way do not count against it). */
  readonly complete: boolean;
}

/** What the ear reports, in the order of time. */
export interface EarListener {
  /** A recording has begun; told as soon as it can be no other. */
  heard(name: string, startedAtMs: number): void;
  /** The recording last named has ended. The next is named only after this. */
  ended(name: string, end: SoundEnd): void;
  /** 200 ms of sound that belongs to no recording. */
  unknown(startedAtMs: number): void;
}

/** Frames with sound that must fit before a recording is named: 60 ms. */
const PROOF_FRAMES = 3;
/** Unexplained frames with sound before they are reported: 200 ms. */
const UNKNOWN_FRAMES = 10;
/** Frames that may be missing before the first packet of a stream, or at a loss: half a second. */
const MISSABLE_FRAMES = 25;

/** One listener on one call. */
export class Ear {
  readonly #sounds: readonly IndexedSound[];
  readonly #listener: EarListener;
  #position = -1;
  /** Everything the stream may be playing, oldest first. */
  #guesses: Guess[] = [];
  /** Guesses that fitted to their end while a longer recording still fits as well. */
  #whole: Guess[] = [];
  /** The guess that has been named. It is none of the above. */
  #named: Guess | undefined;
  #unexplained = 0;

  constructor(sounds: readonly IndexedSound[], listener: EarListener) {
    this.#sounds = sounds;
    this.#listener = listener;
  }

  /** Takes the next packet of audio. */
  hear({ payload, arrivedAtMs, lost, first }: HeardPacket): void {
    this.#position += 1 + lost;
    const frame = {
      position: this.#position,
      arrivedAtMs,
      text: frameText(payload),
      voiced: isVoiced(payload),
    };
    this.#follow(frame);
    this.#begin(frame, first ? MISSABLE_FRAMES : Math.min(lost, MISSABLE_FRAMES));
    this.#finish(frame);
    this.#decide();
    this.#noteUnknown(frame);
  }

  /** Nothing has arrived for a while, or the call is over: decides with what there is. */
  pause(): void {
    if (this.#named) this.#cutOff(this.#named);
    this.#guesses = [];
    this.#decide();
    this.#unexplained = 0;
  }

  /** Keeps the guesses that this frame fits. */
  #follow(frame: StreamFrame): void {
    const named = this.#named;
    if (named?.isOverBefore(frame)) this.#complete(named);
    else if (named && !named.fits(frame)) this.#cutOff(named);
    const over = this.#guesses.filter((guess) => guess.isOverBefore(frame)); // their ends were lost
    this.#guesses = this.#guesses.filter((guess) => !over.includes(guess) && guess.fits(frame));
    this.#setWhole(over);
  }

  /** A recording may begin with this frame, or with one that was lost directly before it. */
  #begin(frame: StreamFrame, missable: number): void {
    for (const sound of this.#sounds) {
      for (let index = 0; index <= missable && index < sound.frames.length; index += 1) {
        if (sound.frames[index] === frame.text) this.#guesses.push(new Guess(sound, index, frame));
      }
    }
  }

  /** Takes out the guesses whose last frame this is. */
  #finish(frame: StreamFrame): void {
    if (this.#named?.endsWith(frame)) this.#complete(this.#named);
    this.#setWhole(this.#guesses.filter((guess) => guess.endsWith(frame)));
    this.#guesses = this.#guesses.filter((guess) => !guess.endsWith(frame));
  }

  /** What fits to its end now is longer, and so a better guess, than what did before. */
  #setWhole(guesses: readonly Guess[]): void {
    const proven = guesses.filter((guess) => guess.proofs > 0);
    if (proven.length > 0 && !this.#named) this.#whole = proven;
  }

  #decide(): void {
    if (this.#named) return;
    const [whole] = this.#whole;
    if (whole) {
      this.#decideWhole(whole);
      return;
    }
    const [first, ...others] = this.#guesses.filter((guess) => guess.proofs > 0);
    if (!first || first.proofs < PROOF_FRAMES || others.some(({ sound }) => sound !== first.sound)) return;
    this.#name(first);
  }

  /** A recording was heard to its end: it was that one, unless a longer one fits as well. */
  #decideWhole(whole: Guess): void {
    const longer = this.#guesses.find((guess) => guess.start <= whole.start);
    if (!longer) {
      this.#name(whole);
      this.#complete(whole);
    } else if (longer.lastVoiced >= whole.end) {
      // sound where the shorter one is over
      this.#whole = [];
      this.#decide();
    }
  }

  #name(guess: Guess): void {
    this.#guesses = this.#guesses.filter((other) => other !== guess);
    this.#whole = [];
    this.#named = guess;
    this.#listener.heard(guess.sound.name, guess.startedAtMs);
  }

  #complete(guess: Guess): void {
    this.#end(guess, guess.lastEndMs, true);
  }

  #cutOff(guess: Guess): void {
    this.#end(guess, guess.lastVoicedEndMs, false);
  }

  /** What follows may have begun in the silence after the last frame with sound, not before. */
  #end(guess: Guess, endedAtMs: number, complete: boolean): void {
    this.#guesses = this.#guesses.filter((other) => other.start > guess.lastVoiced);
    this.#named = undefined;
    this.#listener.ended(guess.sound.name, { startedAtMs: guess.startedAtMs, endedAtMs, complete });
  }

  #noteUnknown({ voiced, arrivedAtMs }: StreamFrame): void {
    const explained =
      this.#named !== undefined || this.#whole.length > 0 || this.#guesses.some((guess) => guess.proofs > 0);
    this.#unexplained = explained || !voiced ? 0 : this.#unexplained + 1;
    if (this.#unexplained === UNKNOWN_FRAMES)
      this.#listener.unknown(arrivedAtMs - (UNKNOWN_FRAMES - 1) * PACKET_MS);
  }
}
