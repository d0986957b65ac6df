/** «Since that frame of the stream, this recording is playing.» */
import { packetMs } from './key-script.ts';
import type { IndexedSound } from './sound-index.ts';

/** One packet of the stream. */
export interface StreamFrame {
  /** Frames of the stream are counted, the lost ones too. */
  readonly position: number;
  readonly arrivedAtMs: number;
  readonly text: string;
  /** False for silence, which fits many recordings and so proves none. */
  readonly voiced: boolean;
}

/** Made for a frame that fits; asked about each frame that follows. */
export class PromptCandidate {
  readonly sound: IndexedSound;
  /** Position of the recording's first frame, and of the first frame after it. */
  readonly start: number;
  readonly end: number;
  readonly startedAtMs: number;
  /** Frames with sound that fitted. */
  proofs = 0;
  /** Position and end of the last of them. */
  lastVoiced: number;
  lastVoicedEndMs: number;
  /** End of the last frame that fitted. */
  lastEndMs = 0;

  /** @param index the frame of the recording that `frame` is; those before it were lost */
  constructor(sound: IndexedSound, index: number, frame: StreamFrame) {
    this.sound = sound;
    this.start = frame.position - index;
    this.end = this.start + sound.frames.length;
    this.startedAtMs = frame.arrivedAtMs - index * packetMs;
    this.lastVoiced = frame.position;
    this.lastVoicedEndMs = frame.arrivedAtMs + packetMs;
    this.#note(frame);
  }

  /** True when the recording, if it was this one, had ended before the frame. */
  isOverBefore(frame: StreamFrame): boolean {
    return frame.position >= this.end;
  }

  /** True when the frame is the recording's last. */
  endsWith(frame: StreamFrame): boolean {
    return frame.position === this.end - 1;
  }

  /** Whether the recording goes on with this frame. */
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
