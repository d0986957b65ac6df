import { readFileSync } from 'node:fs';

/** Samples of a recording, full scale ±1. Deliberately decoded and measured without any code from `src/`. */
export interface Samples {
  readonly rate: number;
  readonly values: Float64Array;
}

/** ITU-T G.711 table 1: sign, three bits of exponent, four of mantissa, even bits inverted. */
function decodeALaw(code: number): number {
  const bits = code ^ 0x55;
  const exponent = (bits >> 4) & 7;
  const mantissa = ((bits & 15) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 256) << (exponent - 1);
  return (bits & 0x80 ? magnitude : -magnitude) / 32768;
}

export function readALaw(file: string): Samples {
  return { rate: 8000, values: Float64Array.from(readFileSync(file), decodeALaw) };
}

export function readSln16(file: string): Samples {
  const bytes = readFileSync(file);
  const values = Float64Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2) / 32768);
  return { rate: 16_000, values };
}

/** Mean power of each frame of `frameMs`; a shorter last frame is left out. */
function measurePowers({ rate, values }: Samples, frameMs: number): number[] {
  const size = (rate * frameMs) / 1000;
  return Array.from({ length: Math.floor(values.length / size) }, (_, frame) => {
    let sum = 0;
    for (let i = frame * size; i < (frame + 1) * size; i++) sum += values[i]! ** 2;
    return sum / size;
  });
}

const decibels = (power: number): number => 10 * Math.log10(power + 1e-12);

/** Level while speaking: the mean power of the 20 ms frames within 25 dB of the loudest. dB below full scale. */
export function speechLevelDb(samples: Samples): number {
  const all = measurePowers(samples, 20);
  const loudest = Math.max(...all);
  const speech = all.filter((power) => power > loudest / 10 ** 2.5);
  return decibels(speech.reduce((sum, power) => sum + power, 0) / speech.length);
}

/** The highest single sample, dB below full scale. */
export function peakDb({ values }: Samples): number {
  return decibels(values.reduce((peak, value) => Math.max(peak, value ** 2), 0));
}

/** Level of the first and last 5 ms, dB below full scale. A click is audible above about -40. */
export function edgesDb(samples: Samples): [number, number] {
  const all = measurePowers(samples, 5);
  return [decibels(all[0]!), decibels(all.at(-1)!)];
}

/** Time below -45 dB before the first sound and after the last, in ms. */
export function quietEdgesMs(samples: Samples): [number, number] {
  const loud = measurePowers(samples, 5).map((power) => decibels(power) > -45);
  return [loud.indexOf(true) * 5, (loud.length - 1 - loud.lastIndexOf(true)) * 5];
}

/** The longest time below -45 dB between two sounds of a recording, in ms. */
export function longestGapMs(samples: Samples): number {
  const [start, end] = quietEdgesMs(samples);
  const inner = measurePowers(samples, 5).slice(start / 5, -Math.max(1, end / 5));
  const runs = inner
    .map((power) => (decibels(power) > -45 ? ' ' : '.'))
    .join('')
    .split(' ');
  return Math.max(...runs.map((run) => run.length * 5));
}

/** Likeness of two recordings aligned at their start: 1 for identical, 0 for unrelated. */
export function likeness(a: Samples, b: Samples, lag = 0): number {
  let [product, powerA, powerB] = [0, 0, 0];
  const length = Math.max(a.values.length, b.values.length);
  for (let i = 0; i < length; i++) {
    const x = a.values[i] ?? 0;
    const y = b.values[i + lag] ?? 0;
    product += x * y;
    powerA += x * x;
    powerB += y * y;
  }
  return product / Math.sqrt(powerA * powerB);
}

/** The best likeness when one recording is shifted against the other by up to `reachMs` either way. */
export function bestLikeness(a: Samples, b: Samples, reachMs: number): number {
  const reach = (a.rate * reachMs) / 1000;
  let best = -1;
  for (let lag = -reach; lag <= reach; lag++) best = Math.max(best, likeness(a, b, lag));
  return best;
}
