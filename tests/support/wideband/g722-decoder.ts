/**
 * Decodes G.722 at 64 kbit/s, so that tests measure what a phone plays (ITU-T G.722, section 4: the
 * names of blocks and quantities are those of the recommendation). No library is alive for Node, and
 * ffmpeg would bring 300 MB.
 */

/** Taken once: in Jest's context each look at a global costs 20 times the arithmetic. */
const { max, min } = Math;

const logScaleLow = [-60, -30, 58, 172, 334, 538, 1198, 3042];
const logScaleOfLowCode = [0, 7, 6, 5, 4, 3, 2, 1, 7, 6, 5, 4, 3, 2, 1, 0];
const logScaleOfHighCode = [798, -214, 798, -214];
const inverseLog = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834, 2896, 2960,
  3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];
const low4 = mirrored([0], [20456, 12896, 8968, 6288, 4240, 2584, 1200], [0]);
const low6 = mirrored(
  [-136, -136, -136, -136],
  [
    24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
    4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728,
  ],
  [432, 136, -432, -136],
);
const high2 = [-7408, -1616, 7408, 1616];
const receiveFilter = [3, -11, 12, 32, -210, 951, 3876, -805, 362, -156, 53, -11];

/** Quantiser outputs by code: the negative half, then the positive one. */
function mirrored(first: number[], magnitudes: number[], last: number[]): number[] {
  return [...first, ...magnitudes.map((value) => -value), ...magnitudes, ...last];
}

const saturate = (value: number): number => max(-32768, min(32767, value));
const signOf = (value: number): number => (value < 0 ? -1 : 1);

/** What both directions know of one band: its quantiser's step and its predictor. */
class Band {
  /** DETL, DETH: the step of the quantiser. */
  step: number;
  /** SL, SH: the predicted sample. */
  predicted = 0;
  readonly #shift: number;
  readonly #logLimit: number;
  #logScale = 0;
  #zeroPart = 0;
  #poles = [0, 0];
  #zeros = [0, 0, 0, 0, 0, 0];
  #reconstructed = [0, 0];
  #partial = [0, 0];
  #differences = [0, 0, 0, 0, 0, 0];

  constructor(initialStep: number, shift: number, logLimit: number) {
    this.step = initialStep;
    this.#shift = shift;
    this.#logLimit = logLimit;
  }

  /** LOGSCL and SCALEL (LOGSCH and SCALEH): the step follows the size of the code. */
  scale(change: number): void {
    this.#logScale = max(0, min(this.#logLimit, ((this.#logScale * 127) >> 7) + change));
    const mantissa = inverseLog[(this.#logScale >> 6) & 31]!;
    const right = this.#shift - (this.#logScale >> 11);
    this.step = (right < 0 ? mantissa << -right : mantissa >> right) << 2;
  }

  /** The adaptive predictor: RECONS, PARREC, UPPOL1, UPPOL2, UPZERO, FILTEP, FILTEZ, PREDIC. */
  adapt(difference: number): void {
    const reconstructed = saturate(this.predicted + difference);
    const partial = saturate(this.#zeroPart + difference);
    this.#adaptPoles(partial);
    this.#adaptZeros(difference);
    this.#differences = [difference, ...this.#differences.slice(0, 5)];
    this.#reconstructed = [reconstructed, this.#reconstructed[0]!];
    this.#partial = [partial, this.#partial[0]!];
    const weigh = (weights: number[], values: number[]): number[] =>
      weights.map((weight, i) => (weight * saturate(2 * values[i]!)) >> 15);
    const [near = 0, far = 0] = weigh(this.#poles, this.#reconstructed);
    this.#zeroPart = saturate(weigh(this.#zeros, this.#differences).reduce((sum, part) => sum + part));
    this.predicted = saturate(saturate(near + far) + this.#zeroPart);
  }

  #adaptPoles(partial: number): void {
    const [near = 0, far = 0] = this.#poles;
    const [like1, like2] = this.#partial.map((past) => signOf(partial) === signOf(past));
    const pull = min(32767, (like1 ? -1 : 1) * saturate(4 * near)) >> 7;
    const newFar = max(-12288, min(12288, pull + (like2 ? 128 : -128) + ((far * 32512) >> 15)));
    const limit = saturate(15360 - newFar);
    const newNear = saturate((like1 ? 192 : -192) + ((near * 32640) >> 15));
    this.#poles = [max(-limit, min(limit, newNear)), newFar];
  }

  #adaptZeros(difference: number): void {
    const step = difference === 0 ? 0 : 128;
    this.#zeros = this.#zeros.map((zero, i) => {
      const like = signOf(difference) === signOf(this.#differences[i]!);
      return saturate((like ? step : -step) + ((zero * 32640) >> 15));
    });
  }
}

/** A decoder, as a phone has one for the whole of a call. */
export class G722Decoder {
  readonly #low = new Band(32, 8, 18432);
  readonly #high = new Band(8, 10, 22528);
  #history = new Array<number>(24).fill(0);

  /** @returns samples at 16 kHz, 16 bits: two for each byte */
  decode(bytes: Uint8Array): Int16Array {
    const samples = new Int16Array(2 * bytes.length);
    bytes.forEach((byte, i) =>
      samples.set(this.#receive(this.#lowBand(byte & 63), this.#highBand(byte >> 6)), 2 * i),
    );
    return samples;
  }

  #lowBand(code: number): number {
    const band = this.#low;
    const sample = limitBand(band.predicted + ((band.step * low6[code]!) >> 15));
    const difference = (band.step * low4[code >> 2]!) >> 15;
    band.scale(logScaleLow[logScaleOfLowCode[code >> 2]!]!);
    band.adapt(difference);
    return sample;
  }

  #highBand(code: number): number {
    const band = this.#high;
    const difference = (band.step * high2[code]!) >> 15;
    const sample = limitBand(band.predicted + difference);
    band.scale(logScaleOfHighCode[code]!);
    band.adapt(difference);
    return sample;
  }

  /** The receive QMF. */
  #receive(low: number, high: number): [number, number] {
    this.#history = [...this.#history.slice(2), low + high, low - high];
    let [first, second] = [0, 0];
    for (let i = 0; i < 12; i++) {
      second += this.#history[2 * i]! * receiveFilter[i]!;
      first += this.#history[2 * i + 1]! * receiveFilter[11 - i]!;
    }
    return [saturate(first >> 11), saturate(second >> 11)];
  }
}

const limitBand = (value: number): number => max(-16384, min(16383, value));
