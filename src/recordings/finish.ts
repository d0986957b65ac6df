/**
 * The finishing of every recording, synthetic or real, after sox has made it mono and limited its
 * band: trim quiet edges, set the telephone level, limit peaks, fade both ends. Samples are floats,
 * full scale ±1. Nothing is random, so the same input always gives the same bytes.
 */

/**
 * Mean level while speaking, in dB below full scale. RFC 7874 section 4 gives an RMS of 2600 of
 * 32767, after ITU-T G.115 (announcements at the level of live speech).
 */
export const levelDb = -22;
/** No sample exceeds this, in dB below full scale; A-law clips at about -0.1. */
export const ceilingDb = -2;

/**
 * Silence at the head of every recording, ms. Asterisk starts a new G.722 encoder for each file, while
 * the phone's decoder goes on from the file before. During this silence they come to agree; without it
 * the first word is distorted, and it clicks where a key cuts a prompt (docs/adr/0030-phones.md). A-law
 * needs none, but a prompt has one length.
 */
export const headMs = 70;

/** Quiet kept before the first sound and after the last, so that soft consonants are not clipped. */
const leadMs = 30;
const tailMs = 60;
const fadeMs = 8;
/** Frames more than this below the loudest 10 ms are not speech. */
const edgeDb = 32;
/** Frames further than this below the active level are pauses (ITU-T P.56). */
const pauseMarginDb = 15.9;
const limiterMs = 3;

const fromDb = (db: number): number => 10 ** (db / 20);

/** Trims quiet edges to 30 ms before and 60 ms after the sound. Returns undefined for pure silence. */
export function trim(samples: Float32Array, rate: number): Float32Array | undefined {
  const size = rate / 100;
  const powers = measureFramePowers(samples, size);
  const loudest = Math.max(0, ...powers);
  if (loudest < fromDb(-60) ** 2) return undefined;
  const isSpeech = (power: number): boolean => power > loudest * fromDb(-edgeDb) ** 2;
  const start = powers.findIndex(isSpeech) * size - (leadMs * rate) / 1000;
  const end = (powers.findLastIndex(isSpeech) + 1) * size + (tailMs * rate) / 1000;
  const cut = new Float32Array(end - start);
  cut.set(samples.subarray(Math.max(0, start), end), Math.max(0, -start));
  return cut;
}

/** Sets speech to {@link levelDb}, limits peaks to {@link ceilingDb} and fades both ends. */
export function level(samples: Float32Array, rate: number): Float32Array {
  let out = samples;
  // The limiter lowers the level a little; the second pass makes up for that.
  for (let pass = 0; pass < 2; pass++) {
    const gain = fromDb(levelDb) / measureActiveRms(out, rate);
    out = limit(
      out.map((sample) => sample * gain),
      rate,
    );
  }
  return fade(out, rate);
}

/**
 * Measures the level of speech without its pauses, as RMS (0–1): from the mean power of the 20 ms
 * frames within 15.9 dB of that mean (the margin of ITU-T P.56).
 */
export function measureActiveRms(samples: Float32Array, rate: number): number {
  let active = measureFramePowers(samples, rate / 50);
  for (;;) {
    const mean = active.reduce((sum, power) => sum + power, 0) / active.length;
    const louder = active.filter((power) => power >= mean * fromDb(-pauseMarginDb) ** 2);
    if (louder.length === active.length) return Math.sqrt(mean);
    active = louder;
  }
}

/** Lowers the level smoothly around each peak, looking ahead, so that no sample exceeds the ceiling. */
function limit(samples: Float32Array, rate: number): Float32Array {
  const ceiling = fromDb(ceilingDb);
  const reach = Math.round((limiterMs * rate) / 1000);
  const wanted = samples.map((sample) => Math.min(1, ceiling / Math.abs(sample)));
  const isNearPeak = peakFinder(wanted);
  const around = (gains: Float32Array, i: number) => gains.subarray(Math.max(0, i - reach), i + reach + 1);
  const lowest = wanted.map((_, i) => (isNearPeak(i, reach) ? Math.min(...around(wanted, i)) : 1));
  return samples.map((sample, i) => {
    if (!isNearPeak(i, 2 * reach)) return sample;
    const near = around(lowest, i);
    return sample * (near.reduce((sum, gain) => sum + gain, 0) / near.length);
  });
}

/** Tells whether a gain within `reach` of a sample is below 1: few are. */
function peakFinder(gains: Float32Array): (i: number, reach: number) => boolean {
  const before = new Uint32Array(gains.length + 1);
  gains.forEach((gain, i) => (before[i + 1] = before[i]! + (gain < 1 ? 1 : 0)));
  return (i, reach) => before[Math.min(gains.length, i + reach + 1)]! > before[Math.max(0, i - reach)]!;
}

function fade(samples: Float32Array, rate: number): Float32Array {
  const length = (fadeMs * rate) / 1000;
  return samples.map((sample, i) => sample * Math.min(1, i / length, (samples.length - 1 - i) / length));
}

function measureFramePowers(samples: Float32Array, size: number): number[] {
  const count = Math.max(1, Math.floor(samples.length / size));
  return Array.from({ length: count }, (_, i) => {
    const frame = samples.subarray(i * size, (i + 1) * size);
    return frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length;
  });
}
