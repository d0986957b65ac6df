/** The recordings a caller may hear, cut into the frames Asterisk sends them in. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { packetSamples } from './key-script.ts';

/** One A-law sample is one byte, and one packet carries 20 ms. */
const frameBytes = packetSamples;
/** A-law for plus and minus nothing, and the step above it. */
const quiet = new Set([0xd5, 0x55, 0xd4, 0x54]);

/** One recording. */
export interface IndexedSound {
  /** Path below the sounds directory without extension: `hotline/menu`, `digits/7`. */
  readonly name: string;
  /** 20 ms each, as latin1 text, so that frames compare fast. */
  readonly frames: readonly string[];
  /** False for a recording of pure silence. */
  readonly audible: boolean;
}

/** A frame of a recording or a packet as comparable text. */
export function toFrameText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** True when a frame has any sound in it. */
export function isVoiced(frame: Buffer): boolean {
  return !frame.every((sample) => quiet.has(sample));
}

/**
 * Cuts a recording into frames. What is left over at its end is a shorter frame, since that is how
 * Asterisk 22 sends it: as a shorter packet (measured).
 */
export function indexSound(name: string, recording: Buffer): IndexedSound {
  const frames = Array.from({ length: Math.ceil(recording.length / frameBytes) }, (_, index) =>
    recording.subarray(index * frameBytes, (index + 1) * frameBytes),
  );
  return { name, frames: frames.map(toFrameText), audible: frames.some(isVoiced) };
}

/**
 * Reads every `.alaw` file below a directory. Recordings of pure silence are left out: they cannot
 * be told from one another, nor from the pauses inside others.
 *
 * @throws Error when there is none
 */
export async function loadSounds(directory: string): Promise<readonly IndexedSound[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.alaw'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const sounds = await Promise.all(
    files.map(async (file) =>
      indexSound(relative(directory, file).replace(/\.alaw$/, ''), await readFile(file)),
    ),
  );
  const audible = sounds.filter((sound) => sound.audible);
  if (audible.length === 0) throw new Error(`no recordings (.alaw) below ${directory}`);
  return audible;
}
