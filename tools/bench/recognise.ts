/** Which recordings a phone received, from the frames in its packets. Exact: on loopback no sample changes. */
import type { Recordings } from './recordings.ts';

/** A recording that was heard: its packets from `first` to `last`, both included. */
export interface Heard {
  readonly name: string;
  readonly first: number;
  readonly last: number;
  /** From its first frame to its last, without a gap in between. */
  readonly isWhole: boolean;
}

/**
 * Finds a frame that only one recording has, and from there the packets before and behind it that belong to the same
 * stretch of that recording. Frames of silence are in many, so a recording of nothing else is not found.
 *
 * @param frames of the packets in their order, by Recordings.numberOf
 */
export function recognise(frames: readonly number[], recordings: Recordings): Heard[] {
  const heard: Heard[] = [];
  let next = 0;
  for (let at = 0; at < frames.length; at++) {
    const place = recordings.placeOf(frames[at]!);
    if (place === undefined) continue;
    const { sound, index } = place;
    let [first, start] = [at, index];
    while (start > 0 && first > next && frames[first - 1] === sound.frames[start - 1])
      [first, start] = [first - 1, start - 1];
    let [last, end] = [at, index];
    while (end + 1 < sound.frames.length && frames[last + 1] === sound.frames[end + 1])
      [last, end] = [last + 1, end + 1];
    const isWhole = start === 0 && end === sound.frames.length - 1;
    heard.push({ name: sound.name, first, last, isWhole });
    at = last;
    next = last + 1;
  }
  return heard;
}
