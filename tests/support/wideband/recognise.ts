/** Finds by correlation which recordings a phone plays to its user, and how well: wherever they begin. */
import { soundFiles } from '../../../src/recordings/catalogue.ts';
import { lowBand, outline, outlineStep } from './bands.ts';
import { samplesOf, samplesPerMs } from './samples.ts';
import { join } from 'node:path';

/** A recording, as it is played to a phone. */
export interface Recording {
  /** `hotline/menu`, `digits/7`. */
  readonly name: string;
  /** 16 kHz, below 4 kHz. */
  readonly samples: Float64Array;
  /** 2 kHz. */
  readonly outline: Float64Array;
  /** Where the part of the outline begins by which it is looked for. */
  readonly part: number;
}

/** A recording that was heard. */
export interface Heard {
  readonly name: string;
  readonly atMs: number;
  /**
   * Normalised correlation over the whole recording, below 4 kHz: 1 is the recording itself. Above that,
   * G.722 has two bits a sample, so that it makes another hiss of every hiss (0.97 for "sáu", at best).
   */
  readonly whole: number;
  /** The same over its loudest 200 ms. */
  readonly part: number;
  /** The loudest sample heard, relative to the loudest of the recording: more than 1 is a click. */
  readonly peak: number;
}

/** Samples of an outline a ms. */
const outlineRate = samplesPerMs / outlineStep;
/** A recording is looked for by the loudest part of this length that begins so early in its outline. */
const [part, latestPart] = [200 * outlineRate, 400 * outlineRate];
/**
 * The head of every recording is silent. A G.722 decoder rings on into it from a prompt that was cut: so only
 * its second half is looked at, in which this much of the power of what follows may be left.
 */
const [headFrom, headTo, headPower] = [30 * outlineRate, 60 * outlineRate, 0.2];
/** In the outline, which lacks most of the sound, less is asked than in the end. */
const leastOutline = 0.6;
/** A place less like the recording than this is another recording, or one that was cut. */
const alike = { whole: 0.7, part: 0.8 };
/** The loudest sample of silence: A-law has no zero. */
const silence = 50;
/** What follows a recording cannot begin earlier. */
const apartMs = 200;
/** Taken once: in Jest's context each look at a global costs 20 times the arithmetic. */
const { sqrt } = Math;

/**
 * Reads the recordings that have sound in them.
 *
 * @param format `.sln16` is played to G.722 phones, `.alaw` to A-law phones
 */
export async function loadRecordings(directory: string, format: '.sln16' | '.alaw'): Promise<Recording[]> {
  const files = await soundFiles(directory, format);
  const all = await Promise.all(
    files.map(async (file) => {
      const samples = lowBand(await samplesOf(join(directory, file)));
      const form = outline(samples);
      return {
        name: file.slice(0, -format.length),
        samples,
        outline: form,
        part: loudestPart(powerOf(form)),
      };
    }),
  );
  return all.filter(({ samples }) => loudest(samples) > silence);
}

/**
 * @param played what the phone played in a call, 16 kHz
 * @param by `part` where the sound may slip, so that pieces of a recording are shifted: then its loudest
 *   200 ms are enough
 * @returns what was heard (to its end, by `whole`), in order
 */
export function recognise(
  played: Float64Array,
  recordings: readonly Recording[],
  by: 'whole' | 'part' = 'whole',
): Heard[] {
  const audio = lowBand(played);
  // Half a step between the samples of an outline is too far from both: so there are two outlines.
  const forms = [0, outlineStep / 2].map((phase) => formOf(audio, phase));
  const heard = recordings
    .flatMap((recording) =>
      forms.flatMap((form) => placesOf(recording, form)).map((at) => measure(recording, audio, at)),
    )
    .filter((one) => one[by] > alike[by])
    .sort((a, b) => b[by] - a[by]);
  const best: Heard[] = []; // recordings may begin alike
  for (const one of heard) if (!best.some((other) => overlaps(one, other))) best.push(one);
  return best.sort((a, b) => a.atMs - b.atMs);
}

const overlaps = (a: Heard, b: Heard): boolean => a.atMs - b.atMs < apartMs && b.atMs - a.atMs < apartMs;

/** An outline of a sound, which begins `phase` samples of the sound behind it. */
interface Form {
  readonly samples: Float64Array;
  /** The sums of its power. */
  readonly power: Float64Array;
  readonly phase: number;
  /** Where recordings may begin. */
  readonly heads: readonly number[];
}

function formOf(audio: Float64Array, phase: number): Form {
  const samples = outline(audio.subarray(phase));
  const power = powerOf(samples);
  return { samples, power, phase, heads: headsIn(power) };
}

/** Sums of the power before each sample. */
function powerOf(samples: Float64Array): Float64Array {
  const sums = new Float64Array(samples.length + 1);
  for (let i = 0; i < samples.length; i++) sums[i + 1] = sums[i]! + samples[i]! * samples[i]!;
  return sums;
}

/** The places in an outline that are quiet for as long as the head of a recording, and then are not. */
function headsIn(power: Float64Array): number[] {
  const mean = (from: number, to: number) => (power[to]! - power[from]!) / (to - from);
  const places: number[] = [];
  for (let at = 0; at + latestPart + part < power.length; at++) {
    const sound = mean(at + headTo, at + latestPart + part);
    if (sound > 1 && mean(at + headFrom, at + headTo) < headPower * sound) places.push(at);
  }
  return places;
}

/** Where the part of an outline begins by which its recording is looked for. */
function loudestPart(power: Float64Array): number {
  let loudestAt = 0;
  let most = 0;
  for (let at = 0; at <= latestPart && at + part < power.length; at++) {
    const sum = power[at + part]! - power[at]!;
    if (sum > most) [loudestAt, most] = [at, sum];
  }
  return loudestAt;
}

/** Where a recording may begin in the sound: the places of the outline more like it than their neighbours. */
function placesOf({ outline: whole, part: from }: Recording, form: Form): number[] {
  const wanted = whole.subarray(from, from + part);
  const power = powerOf(wanted).at(-1)!;
  const likeness = new Float64Array(form.samples.length);
  for (const at of form.heads) {
    const start = at + from;
    let product = 0;
    for (let i = 0; i < wanted.length; i++) product += wanted[i]! * form.samples[start + i]!;
    likeness[at] = product / sqrt(power * (form.power[start + part]! - form.power[start]!));
  }
  const rises = (at: number) => likeness[at]! > likeness[at - 1]! && likeness[at]! >= likeness[at + 1]!;
  return form.heads
    .filter((at) => likeness[at]! > leastOutline && rises(at))
    .map((at) => at * outlineStep + form.phase);
}

/** Measures a recording at the best of the places around `about`. */
function measure({ name, samples, part: from }: Recording, audio: Float64Array, about: number): Heard {
  const [start, end] = [from * outlineStep, (from + part) * outlineStep];
  const wanted = samples.subarray(start, end);
  let [at, likeness] = [0, -1];
  for (let place = about - outlineStep; place <= about + outlineStep; place++) {
    const found = correlate(audio, place + start, wanted);
    if (found > likeness) [at, likeness] = [place, found];
  }
  const peak = loudest(audio.subarray(at < 0 ? 0 : at, at + samples.length)) / loudest(samples);
  return { name, atMs: at / samplesPerMs, whole: correlate(audio, at, samples), part: likeness, peak };
}

function loudest(samples: Float64Array): number {
  let peak = 0;
  for (const sample of samples) peak = sample > peak ? sample : -sample > peak ? -sample : peak;
  return peak;
}

/** The normalised correlation with `wanted`; what is missing at the ends is silence. */
function correlate(audio: Float64Array, at: number, wanted: Float64Array): number {
  const end = at + wanted.length < audio.length ? at + wanted.length : audio.length;
  let product = 0;
  let powerHeard = 0;
  let power = 0;
  for (let i = at; i < end; i++) {
    const heard = i < 0 ? 0 : audio[i]!;
    const sample = wanted[i - at]!;
    product += heard * sample;
    powerHeard += heard * heard;
    power += sample * sample;
  }
  return powerHeard === 0 || power === 0 ? 0 : product / sqrt(powerHeard * power);
}
