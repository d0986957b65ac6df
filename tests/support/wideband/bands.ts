/** The parts of a sound by which recordings are recognised: what every codec keeps, and its outline. */

/** One sample of the outline stands for this many of the sound. */
export const outlineStep = 8;

/** A windowed sinc with its 6 dB point at `cutoff` of the sample rate, as FIR taps; `count` is odd. */
function lowPass(cutoff: number, count: number): number[] {
  const middle = (count - 1) / 2;
  return Array.from({ length: count }, (_, i) => {
    const t = i - middle;
    const sinc = t === 0 ? 2 * cutoff : Math.sin(2 * Math.PI * cutoff * t) / (Math.PI * t);
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * t) / (middle + 1)));
  });
}

/** Every `step`th sample of what a filter makes of `samples`, in place: its delay is taken out. */
function filter(samples: Float64Array, taps: readonly number[], step = 1): Float64Array {
  const middle = (taps.length - 1) / 2;
  const padded = new Float64Array(samples.length + 2 * middle);
  padded.set(samples, middle);
  const filtered = new Float64Array(Math.ceil(samples.length / step));
  for (let i = 0; i < filtered.length; i++) {
    let sum = 0;
    for (let tap = 0; tap < taps.length; tap++) sum += taps[tap]! * padded[i * step + tap]!;
    filtered[i] = sum;
  }
  return filtered;
}

const lowBandTaps = lowPass(3600 / 16_000, 47);
const outlineTaps = lowPass(800 / 16_000, 127);

/** What is below 3.6 kHz, of 16 kHz. */
export const lowBand = (samples: Float64Array): Float64Array => filter(samples, lowBandTaps);

/** What is below 0.8 kHz, at 2 kHz, of 16 kHz. */
export const outline = (samples: Float64Array): Float64Array => filter(samples, outlineTaps, outlineStep);
