/** The recordings a caller may hear, cut into frames as Asterisk sends them. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { packetSamples } from './key-script.ts';

/** An A-law sample is one byte, and a packet carries 20 ms. */
const frameBytes = packetSamples;
/** A-law codes for the two values nearest to zero, positive and negative. */
const quiet = new Set([0xd5, 0x55, 0xd4, 0x54]);

/** One recording. */
export interface IndexedSound {
  /** Path in the sounds directory without extension: `hotline/menu`, `digits/7`. */
  readonly name: string;
  /** Frames of 20 ms as latin1 text, which compares fast. */
  readonly frames: readonly string[];
  /** False for a recording of pure silence. */
  readonly audible: boolean;
}

/** Converts a frame of a recording, or the payload of a packet, to comparable text. */
export function toFrameText(bytes: Buffer): string {
  return bytes.toString('latin1');
}

/** True when a frame contains any sound. */
export function isVoiced(frame: Buffer): boolean {
  return !frame.every((sample) => quiet.has(sample));
}

/**
 * Cuts a recording into frames. The last frame may be shorter, because Asterisk 22 sends the
 * remainder as a shorter packet (measured).
 */
export function indexSound(name: string, recording: Buffer): IndexedSound {
  const frames = Array.from({ length: Math.ceil(recording.length / frameBytes) }, (_, index) =>
    recording.subarray(index * frameBytes, (index + 1) * frameBytes),
  );
  return { name, frames: frames.map(toFrameText), audible: frames.some(isVoiced) };
}

/**
 * Reads every `.alaw` file in a directory and its subdirectories. Recordings of pure silence are left
 * out: they cannot be distinguished from each other or from pauses within other recordings.
 *
 * @throws Error when there are no recordings
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
  if (audible.length === 0)
    throw new Error(`${directory} contains no recordings (.alaw): make them with \`make sounds\``);
  return audible;
}
