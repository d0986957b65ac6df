/**
 * Recognises from the packets of a call which recordings are being played.
 *
 * Asterisk sends an A-law recording to an A-law caller unchanged, 160 bytes a packet from the first
 * byte. So a packet either equals the expected frame of a recording or it does not: no correlation,
 * no threshold. Remaining doubts are settled by waiting: silence, which many recordings share,
 * proves nothing, and recordings with the same beginning are named where they start to differ.
 */
import { PromptCandidate, type StreamFrame } from './prompt-candidate.ts';
import { toFrameText, isVoiced, type IndexedSound } from './indexed-sound.ts';
import { packetMs } from './packet-length.ts';

/** A packet of audio in its place in the stream, as in {@link HeardPacket} of rtp-receiver.ts. */
export interface HeardAudio {
  /** A-law. */
  readonly payload: Uint8Array;
  readonly arrivedAtMs: number;
  readonly lost: number;
  readonly first: boolean;
}

/** How a recording ended. Times are on the clock of the packets' arrival. */
export interface SoundEnd {
  readonly startedAtMs: number;
  /** End of its last packet, or of its last voiced packet if it was cut off. */
  readonly endedAtMs: number;
  /** True when its last frame was reached; lost packets before it do not matter. */
  readonly complete: boolean;
}

/** What the recogniser reports, in order of time. */
export interface RecogniserListener {
  /** A recording has started. Reported as soon as no other recording fits. */
  heard(name: string, startedAtMs: number): void;
  /** The recording reported last has ended. The next one is reported only after this. */
  ended(name: string, end: SoundEnd): void;
  /** 200 ms of sound have belonged to no recording. */
  unknown(startedAtMs: number): void;
}

/** Voiced frames that must fit before a recording is named: 60 ms. */
const proofFrames = 3;
/** Voiced frames without a fitting recording before they are reported: 200 ms. */
const unknownFrames = 10;
/** Frames that may be missing at the start of a stream or in a gap: half a second. */
const missableFrames = 25;

/** Recognises the recordings of one call. */
export class PromptRecogniser {
  readonly #sounds: readonly IndexedSound[];
  readonly #listener: RecogniserListener;
  #position = -1;
  /** Everything that may be playing, oldest first. */
  #candidates: PromptCandidate[] = [];
  /** Candidates that fitted to their end while a longer recording still fits too. */
  #whole: PromptCandidate[] = [];
  /** The candidate that has been named; it is in neither list above. */
  #named: PromptCandidate | undefined;
  #unexplained = 0;

  constructor(sounds: readonly IndexedSound[], listener: RecogniserListener) {
    this.#sounds = sounds;
    this.#listener = listener;
  }

  /** Takes the next packet of audio. */
  hear({ payload, arrivedAtMs, lost, first }: HeardAudio): void {
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

  /** Decides on the packets so far, because none has arrived for a while or the call is over. */
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
    const over = this.#candidates.filter((candidate) => candidate.isOverBefore(frame)); // their last frames were lost
    this.#candidates = this.#candidates.filter(
      (candidate) => !over.includes(candidate) && candidate.fits(frame),
    );
    this.#setWhole(over);
  }

  /** Adds the recordings that may have started with this frame or with one lost just before it. */
  #begin(frame: StreamFrame, missable: number): void {
    for (const sound of this.#sounds) {
      for (let index = 0; index <= missable && index < sound.frames.length; index += 1) {
        if (sound.frames[index] === frame.text)
          this.#candidates.push(new PromptCandidate(sound, index, frame));
      }
    }
  }

  /** Takes out the candidates that end with this frame. */
  #finish(frame: StreamFrame): void {
    if (this.#named?.endsWith(frame)) this.#complete(this.#named);
    this.#setWhole(this.#candidates.filter((candidate) => candidate.endsWith(frame)));
    this.#candidates = this.#candidates.filter((candidate) => !candidate.endsWith(frame));
  }

  /** Candidates that end now are longer, and so more likely, than those that ended before. */
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

  /** A recording was heard to its end. It is named unless a longer one fits too. */
  #decideWhole(whole: PromptCandidate): void {
    const longer = this.#candidates.find((candidate) => candidate.start <= whole.start);
    if (!longer) {
      this.#name(whole);
      this.#complete(whole);
    } else if (longer.lastVoiced >= whole.end) {
      // there is sound after the end of the shorter one
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

  /** The next recording may have started in the silence after the last voiced frame, not earlier. */
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
