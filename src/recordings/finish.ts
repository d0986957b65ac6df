/**
 * What every recording goes through, synthetic or real, after sox has made it mono and cut its
 * band: quiet edges off, telephone level, no peak near the limit, soft ends. Samples are floats,
 * full scale ±1. Nothing here is random, so the same recording always gives the same bytes.
 */

/**
 * Mean level while speaking, in dB below full scale. RFC 7874 section 4 gives an RMS of 2600 of
 * 32767, after ITU-T G.115 (announcements at the level of live speech).
 */
export const levelDb = -22;
/** No sample goes above this; A-law ends at about -0.1. */
export const ceilingDb = -2;

/** Quiet left before the first and after the last sound, so that soft consonants stay whole. */
const leadMs = 30;
const tailMs = 60;
const fadeMs = 8;
/** Quieter than the loudest 10 ms by more than this is no speech. */
const edgeDb = 32;
/** ITU-T P.56: what lies further than this below the active level is a pause. */
const pauseMarginDb = 15.9;
const limiterMs = 3;

const fromDb = (db: number): number => 10 ** (db / 20);

/** Cuts quiet edges, leaving 30 ms before and 60 ms after the sound. Returns nothing if all is silence. */
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

/** Brings speech to {@link levelDb}, keeps peaks below {@link ceilingDb}, and fades both ends. */
export function level(samples: Float32Array, rate: number): Float32Array {
  let out = samples;
  // The limiter takes a little off the level, so what it took is given back once.
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
 * The mean level of speech with its pauses left out, as RMS (0–1): the mean power of the 20 ms
 * frames that are within 15.9 dB of the result (ITU-T P.56's margin).
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

/** Lowers the surroundings of each peak smoothly, looking ahead, so that no sample passes the ceiling. */
function limit(samples: Float32Array, rate: number): Float32Array {
  const ceiling = fromDb(ceilingDb);
  const reach = Math.round((limiterMs * rate) / 1000);
  const wanted = samples.map((sample) => Math.min(1, ceiling / Math.abs(sample)));
  const lowest = wanted.map((_, i) => Math.min(...wanted.subarray(Math.max(0, i - reach), i + reach + 1)));
  return samples.map((sample, i) => {
    const around = lowest.subarray(Math.max(0, i - reach), i + reach + 1);
    return sample * (around.reduce((sum, gain) => sum + gain, 0) / around.length);
  });
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
