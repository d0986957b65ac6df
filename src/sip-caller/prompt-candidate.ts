/** A hypothesis of the recogniser: this recording has been playing since that frame of the stream. */
import type { IndexedSound } from './indexed-sound.ts';
import { packetMs } from './packet-length.ts';

/** One packet of the stream. */
export interface StreamFrame {
  /** Index of the frame in the stream, counting lost frames. */
  readonly position: number;
  readonly arrivedAtMs: number;
  readonly text: string;
  /** False for silence, which fits many recordings and therefore proves nothing. */
  readonly voiced: boolean;
}

/** Created for a frame that fits a recording, then checked against every following frame. */
export class PromptCandidate {
  readonly sound: IndexedSound;
  /** Stream positions of the recording's first frame and of the first frame after its end. */
  readonly start: number;
  readonly end: number;
  readonly startedAtMs: number;
  /** Number of voiced frames that fitted. */
  proofs = 0;
  /** Position and end of the last voiced frame that fitted. */
  lastVoiced: number;
  lastVoicedEndMs: number;
  /** End of the last frame that fitted. */
  lastEndMs = 0;

  /** @param index which frame of the recording `frame` is; earlier ones were lost */
  constructor(sound: IndexedSound, index: number, frame: StreamFrame) {
    this.sound = sound;
    this.start = frame.position - index;
    this.end = this.start + sound.frames.length;
    this.startedAtMs = frame.arrivedAtMs - index * packetMs;
    this.lastVoiced = frame.position;
    this.lastVoicedEndMs = frame.arrivedAtMs + packetMs;
    this.#note(frame);
  }

  /** True when the recording would have ended before the frame. */
  isOverBefore(frame: StreamFrame): boolean {
    return frame.position >= this.end;
  }

  /** True when the frame is the recording's last. */
  endsWith(frame: StreamFrame): boolean {
    return frame.position === this.end - 1;
  }

  /** True when the recording continues with this frame, which is then noted. */
  fits(frame: StreamFrame): boolean {
    if (this.sound.frames[frame.position - this.start] !== frame.text) return false;
    this.#note(frame);
    return true;
  }

  #note(frame: StreamFrame): void {
    this.lastEndMs = frame.arrivedAtMs + packetMs;
    if (!frame.voiced) return;
    this.proofs += 1;
    this.lastVoiced = frame.position;
    this.lastVoicedEndMs = this.lastEndMs;
  }
}
