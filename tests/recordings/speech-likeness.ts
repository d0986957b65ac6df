/** How alike two recordings sound, if they say the same words a little faster or slower, or with another vowel. */
import type { Samples } from './measure.ts';

/** Hz. Speech is told apart by how much power there is between each two of these, and when. */
const edges = [250, 400, 550, 750, 1000, 1350, 1800, 2500, 3400];
/** ms: a window, and from one to the next. */
const [windowMs, hopMs] = [32, 16];
/** What is this much below the loudest is silence, dB. */
const floorDb = 50;
/** One recording may be ahead of the other by this part of its length. */
const slack = 0.1;
/** Taken once: in Jest's context each look at a global costs 20 times the arithmetic. */
const { abs, ceil, cos, log10, max, min, PI, sin, sqrt } = Math;

/** One window: the level of each band, dB. */
type Moment = readonly number[];

/**
 * The correlation of their spectra over time, each moment with the one of the other that it is most like, in
 * order (dynamic time warping): 1 for the same recording.
 */
export function speechLikeness(a: Samples, b: Samples): number {
  return correlate(align(spectrumOf(a), spectrumOf(b)));
}

function spectrumOf({ rate, values }: Samples): Moment[] {
  const [size, hop] = [(rate * windowMs) / 1000, (rate * hopMs) / 1000];
  const bands = edges.slice(1).map((edge, i) => binsBetween(edges[i]!, edge, rate, size));
  const moments: number[][] = [];
  for (let at = 0; at + size <= values.length; at += hop) {
    const piece = values.subarray(at, at + size);
    moments.push(bands.map((bins) => bins.reduce((sum, bin) => sum + powerOf(piece, bin), 1e-12)));
  }
  const least = max(...moments.flat()) / 10 ** (floorDb / 10);
  return moments.map((moment) => moment.map((power) => 10 * log10(max(power, least) / least)));
}

/** A frequency of the Fourier transform, with the window. */
interface Bin {
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
}

function binsBetween(from: number, to: number, rate: number, size: number): Bin[] {
  const bins: Bin[] = [];
  for (let k = ceil((from * size) / rate); (k * rate) / size < to; k++) {
    const hann = (i: number) => 0.5 - 0.5 * cos((2 * PI * i) / size);
    const wave = (of: (angle: number) => number) =>
      Float64Array.from({ length: size }, (_, i) => hann(i) * of((2 * PI * k * i) / size));
    bins.push({ real: wave(cos), imaginary: wave(sin) });
  }
  return bins;
}

function powerOf(piece: Float64Array, { real, imaginary }: Bin): number {
  let [x, y] = [0, 0];
  for (let i = 0; i < piece.length; i++) {
    x += piece[i]! * real[i]!;
    y += piece[i]! * imaginary[i]!;
  }
  return x * x + y * y;
}

/** The pairs of moments on the way through both with the least distance in all. */
function align(a: readonly Moment[], b: readonly Moment[]): [Moment, Moment][] {
  const reach = ceil(max(a.length, b.length) * slack) + abs(a.length - b.length);
  const costs = a.map(() => new Float64Array(b.length).fill(Infinity));
  const costAt = (i: number, j: number) => costs[i]?.[j] ?? Infinity;
  for (let i = 0; i < a.length; i++)
    for (let j = max(0, i - reach); j < min(b.length, i + reach + 1); j++) {
      const before = min(costAt(i - 1, j), costAt(i, j - 1), costAt(i - 1, j - 1));
      costs[i]![j] = distance(a[i]!, b[j]!) + (i + j === 0 ? 0 : before);
    }
  const pairs: [Moment, Moment][] = [];
  let [i, j] = [a.length - 1, b.length - 1];
  while (i >= 0 && j >= 0) {
    pairs.push([a[i]!, b[j]!]);
    const [both, first, second] = [costAt(i - 1, j - 1), costAt(i - 1, j), costAt(i, j - 1)];
    const least = min(both, first, second);
    if (least === both) [i, j] = [i - 1, j - 1];
    else if (least === first) i--;
    else j--;
  }
  return pairs;
}

const distance = (a: Moment, b: Moment): number =>
  a.reduce((sum, level, band) => sum + abs(level - b[band]!), 0);

/** Of what each moment has beyond the mean of its band. */
function correlate(pairs: readonly [Moment, Moment][]): number {
  const bands = edges.slice(1).map((_, band) => band);
  const mean = (which: 0 | 1, band: number) =>
    pairs.reduce((sum, pair) => sum + pair[which][band]!, 0) / pairs.length;
  const means = bands.map((band) => [mean(0, band), mean(1, band)] as const);
  let [product, powerA, powerB] = [0, 0, 0];
  for (const [a, b] of pairs)
    for (const band of bands) {
      const [x, y] = [a[band]! - means[band]![0], b[band]! - means[band]![1]];
      product += x * y;
      powerA += x * x;
      powerB += y * y;
    }
  return product / sqrt(powerA * powerB);
}
