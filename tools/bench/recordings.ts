/** The recordings by their frames: each frame has a number, and a frame that occurs once names its place. */
import { loadSounds } from '../../src/sip-caller/sound-index.ts';
import type { IndexedSound } from '../../src/sip-caller/indexed-sound.ts';
import { keptBytes } from './capture.ts';

export interface NumberedSound {
  readonly name: string;
  readonly frames: readonly number[];
}

/** A frame that is in no recording. */
export const unknownFrame = 0;

export class Recordings {
  readonly #numbers = new Map<string, number>();
  /** By frame: where it is, if it is in one place only. */
  readonly #places: ({ readonly sound: NumberedSound; readonly index: number } | undefined)[] = [undefined];

  constructor(sounds: readonly IndexedSound[]) {
    const seen = new Set<number>();
    for (const { name, frames } of sounds) {
      const sound = { name, frames: frames.map((frame) => this.#add(frame.slice(0, keptBytes))) };
      for (const [index, frame] of sound.frames.entries()) {
        this.#places[frame] = seen.has(frame) ? undefined : { sound, index };
        seen.add(frame);
      }
    }
  }

  static async load(directory: string): Promise<Recordings> {
    return new Recordings(await loadSounds(directory));
  }

  /** @param payload the beginning of a packet's sound */
  numberOf(payload: Buffer): number {
    return this.#numbers.get(payload.toString('latin1', 0, keptBytes)) ?? unknownFrame;
  }

  /** Where this frame is; undefined if it is in no recording, or in several places. */
  placeOf(frame: number): { readonly sound: NumberedSound; readonly index: number } | undefined {
    return this.#places[frame];
  }

  #add(frame: string): number {
    const known = this.#numbers.get(frame);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(frame, number);
    return number;
  }
}
