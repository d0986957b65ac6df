/**
 * Tells which recordings are being played, from the packets of a call.
 *
 * Asterisk sends an A-law recording to an A-law caller unchanged, 160 bytes a packet from its first
 * byte, so each packet either is the expected frame of a recording or it is not: no correlation,
 * no threshold. What stays uncertain is resolved by waiting: silence, which many recordings share,
 * proves nothing, and recordings with the same beginning are named where they part.
 */
import { PromptCandidate, type StreamFrame } from './prompt-candidate.ts';
import { packetMs } from './key-script.ts';
import type { HeardPacket } from './rtp-receiver.ts';
import { toFrameText, isVoiced, type IndexedSound } from './sound-index.ts';

/** How a recording ended. Times are of the clock of the packets. */
export interface SoundEnd {
  readonly startedAtMs: number;
  /** End of its last packet; of the last one with sound in it when it was cut off. */
  readonly endedAtMs: number;
  /** It was heard to its last frame (packets lost on the way do not count against it). */
  readonly complete: boolean;
}

/** What the recogniser reports, in the order of time. */
export interface RecogniserListener {
  /** A recording has begun; told as soon as it can be no other. */
  heard(name: string, startedAtMs: number): void;
  /** The recording last named has ended. The next is named only after this. */
  ended(name: string, end: SoundEnd): void;
  /** 200 ms of sound that belongs to no recording. */
  unknown(startedAtMs: number): void;
}

/** Frames with sound that must fit before a recording is named: 60 ms. */
const proofFrames = 3;
/** Unexplained frames with sound before they are reported: 200 ms. */
const unknownFrames = 10;
/** Frames that may be missing before the first packet of a stream, or at a loss: half a second. */
const missableFrames = 25;

/** One listener on one call. */
export class PromptRecogniser {
  readonly #sounds: readonly IndexedSound[];
  readonly #listener: RecogniserListener;
  #position = -1;
  /** Everything the stream may be playing, oldest first. */
  #candidates: PromptCandidate[] = [];
  /** Candidates that fitted to their end while a longer recording still fits as well. */
  #whole: PromptCandidate[] = [];
  /** The candidate that has been named. It is none of the above. */
  #named: PromptCandidate | undefined;
  #unexplained = 0;

  constructor(sounds: readonly IndexedSound[], listener: RecogniserListener) {
    this.#sounds = sounds;
    this.#listener = listener;
  }

  /** Takes the next packet of audio. */
  hear({ payload, arrivedAtMs, lost, first }: HeardPacket): void {
    this.#position += 1 + lost;
    const frame = {
      position: this.#position,
      arrivedAtMs,
      text: toFrameText(payload),
      voiced: isVoiced(payload),
    };
    this.#follow(frame);
    this.#begin(frame, first ? missableFrames : Math.min(lost, missableFrames));
    this.#finish(frame);
    this.#decide();
    this.#noteUnknown(frame);
  }

  /** Nothing has arrived for a while, or the call is over: decides with what there is. */
  pause(): void {
    if (this.#named) this.#cutOff(this.#named);
    this.#candidates = [];
    this.#decide();
    this.#unexplained = 0;
  }

  /** Keeps the candidates that this frame fits. */
  #follow(frame: StreamFrame): void {
    const named = this.#named;
    if (named?.isOverBefore(frame)) this.#complete(named);
    else if (named && !named.fits(frame)) this.#cutOff(named);
    const over = this.#candidates.filter((candidate) => candidate.isOverBefore(frame)); // their ends were lost
    this.#candidates = this.#candidates.filter(
      (candidate) => !over.includes(candidate) && candidate.fits(frame),
    );
    this.#setWhole(over);
  }

  /** A recording may begin with this frame, or with one that was lost directly before it. */
  #begin(frame: StreamFrame, missable: number): void {
    for (const sound of this.#sounds) {
      for (let index = 0; index <= missable && index < sound.frames.length; index += 1) {
        if (sound.frames[index] === frame.text)
          this.#candidates.push(new PromptCandidate(sound, index, frame));
      }
    }
  }

  /** Takes out the candidates whose last frame this is. */
  #finish(frame: StreamFrame): void {
    if (this.#named?.endsWith(frame)) this.#complete(this.#named);
    this.#setWhole(this.#candidates.filter((candidate) => candidate.endsWith(frame)));
    this.#candidates = this.#candidates.filter((candidate) => !candidate.endsWith(frame));
  }

  /** What fits to its end now is longer, and so a better candidate, than what did before. */
  #setWhole(candidates: readonly PromptCandidate[]): void {
    const proven = candidates.filter((candidate) => candidate.proofs > 0);
    if (proven.length > 0 && !this.#named) this.#whole = proven;
  }

  #decide(): void {
    if (this.#named) return;
    const [whole] = this.#whole;
    if (whole) {
      this.#decideWhole(whole);
      return;
    }
    const [first, ...others] = this.#candidates.filter((candidate) => candidate.proofs > 0);
    if (!first || first.proofs < proofFrames || others.some(({ sound }) => sound !== first.sound)) return;
    this.#name(first);
  }

  /** A recording was heard to its end: it was that one, unless a longer one fits as well. */
  #decideWhole(whole: PromptCandidate): void {
    const longer = this.#candidates.find((candidate) => candidate.start <= whole.start);
    if (!longer) {
      this.#name(whole);
      this.#complete(whole);
    } else if (longer.lastVoiced >= whole.end) {
      // sound where the shorter one is over
      this.#whole = [];
      this.#decide();
    }
  }

  #name(candidate: PromptCandidate): void {
    this.#candidates = this.#candidates.filter((other) => other !== candidate);
    this.#whole = [];
    this.#named = candidate;
    this.#listener.heard(candidate.sound.name, candidate.startedAtMs);
  }

  #complete(candidate: PromptCandidate): void {
    this.#end(candidate, candidate.lastEndMs, true);
  }

  #cutOff(candidate: PromptCandidate): void {
    this.#end(candidate, candidate.lastVoicedEndMs, false);
  }

  /** What follows may have begun in the silence after the last frame with sound, not before. */
  #end(candidate: PromptCandidate, endedAtMs: number, complete: boolean): void {
    this.#candidates = this.#candidates.filter((other) => other.start > candidate.lastVoiced);
    this.#named = undefined;
    this.#listener.ended(candidate.sound.name, { startedAtMs: candidate.startedAtMs, endedAtMs, complete });
  }

  #noteUnknown({ voiced, arrivedAtMs }: StreamFrame): void {
    const explained =
      this.#named !== undefined ||
      this.#whole.length > 0 ||
      this.#candidates.some((candidate) => candidate.proofs > 0);
    this.#unexplained = explained || !voiced ? 0 : this.#unexplained + 1;
    if (this.#unexplained === unknownFrames)
      this.#listener.unknown(arrivedAtMs - (unknownFrames - 1) * packetMs);
  }
}
