/**
 * Finds by correlation which recordings a G.722 phone hears, and how well: what its one decoder makes of
 * the packets of the whole call.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { soundFiles } from '../../../src/recordings/catalogue.ts';
import { G722Decoder } from './g722-decoder.ts';

/** A recording of 16 kHz, as made for wideband phones. */
export interface WideRecording {
  /** `hotline/menu`, `digits/7`. */
  readonly name: string;
  readonly samples: Float64Array;
}

/** A recording that was heard. */
export interface HeardWide {
  readonly name: string;
  readonly atMs: number;
  /**
   * Normalised correlation over the whole recording, below 4 kHz: 1 is the recording itself. Above that,
   * G.722 has two bits a sample, so that it makes another hiss of every hiss (0.97 for "sáu", at best).
   */
  readonly likeness: number;
  /** The loudest sample heard, relative to the loudest of the recording: more than 1 is a click. */
  readonly peak: number;
}

const samplesPerMs = 16;
/** The two filter banks of G.722 delay what is heard by 22 samples (ITU-T G.722, 1.5). */
const delaySamples = 22;
/** A recording is looked for by its beginning, behind the silence at its head. */
const [searchedFromMs, searchedToMs] = [100, 300];
/** A place less like the recording than this is another recording, or one that was cut. */
const leastLikeness = 0.7;

/** Reads the recordings that have sound in them. */
export async function loadWideRecordings(directory: string): Promise<WideRecording[]> {
  const files = await soundFiles(directory, '.sln16');
  return files
    .map((file) => {
      const bytes = new Uint8Array(readFileSync(join(directory, file)));
      return {
        name: file.replace(/\.sln16$/, ''),
        samples: lowBand(Float64Array.from(new Int16Array(bytes.buffer))),
      };
    })
    .filter(({ samples }) => samples.some((sample) => sample !== 0));
}

/**
 * @param packets of G.722, all that arrived in a call. Asterisk begins each recording with a packet.
 * @returns what was heard to its end, in order
 */
export function recognise(packets: readonly Uint8Array[], recordings: readonly WideRecording[]): HeardWide[] {
  const decoder = new G722Decoder();
  const decoded = packets.map((packet) => decoder.decode(packet));
  const audio = lowBand(Float64Array.from(decoded.flatMap((samples) => [...samples])));
  const starts = decoded.map((_, i) =>
    decoded.slice(0, i).reduce((sum, { length }) => sum + length, delaySamples),
  );
  const heard = starts.flatMap((at) =>
    recordings
      .filter(({ samples }) => beginsLike(audio, at, samples))
      .filter(({ samples }) => correlate(audio, at, samples) > leastLikeness)
      .map((recording) => measure(recording, audio, at)),
  );
  // Recordings that begin alike, and neighbouring packets: the best is the one.
  return heard.filter((one) => !heard.some((other) => other.likeness > one.likeness && overlaps(one, other)));
}

const overlaps = (a: HeardWide, b: HeardWide): boolean => Math.abs(a.atMs - b.atMs) < 200;

/** A windowed sinc of 47 taps, with its 6 dB point at 3.6 kHz. */
const taps = Array.from({ length: 47 }, (_, i) => {
  const t = i - 23;
  const sinc = t === 0 ? 0.45 : Math.sin(0.45 * Math.PI * t) / (Math.PI * t);
  return sinc * (0.5 + 0.5 * Math.cos((Math.PI * t) / 24));
});

function lowBand(samples: Float64Array): Float64Array {
  return samples.map((_, at) => {
    let sum = 0;
    for (let i = 0; i < taps.length; i++) sum += taps[i]! * (samples[at + i - 23] ?? 0);
    return sum;
  });
}

function beginsLike(audio: Float64Array, at: number, wanted: Float64Array): boolean {
  const from = searchedFromMs * samplesPerMs;
  return correlate(audio, at + from, wanted.subarray(from, searchedToMs * samplesPerMs)) > leastLikeness;
}

function measure({ name, samples }: WideRecording, audio: Float64Array, at: number): HeardWide {
  const peak = loudest(audio.subarray(at, at + samples.length)) / loudest(samples);
  return { name, atMs: at / samplesPerMs, likeness: correlate(audio, at, samples), peak };
}

const loudest = (samples: Float64Array): number =>
  samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0);

/** The normalised correlation with `wanted`; what is missing at the end is silence. */
function correlate(audio: Float64Array, at: number, wanted: Float64Array): number {
  const end = Math.min(audio.length, at + wanted.length);
  let product = 0;
  let powerHeard = 0;
  let power = 0;
  for (let i = at; i < end; i++) {
    const heard = audio[i]!;
    const sample = wanted[i - at]!;
    product += heard * sample;
    powerHeard += heard * heard;
    power += sample * sample;
  }
  return powerHeard === 0 || power === 0 ? 0 : product / Math.sqrt(powerHeard * power);
}
