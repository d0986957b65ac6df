/** Whether what was sent can become a recording that callers understand. */
import { measureActiveRms, trim } from '../finish.ts';
import { RefusedUpload } from './refused-upload.ts';
import type { Samples } from './wav.ts';

/** Speech below this, dB under full scale, brings the noise of the room with it when it is levelled. */
const quietDb = -48;
/** As many samples in a row at full scale are no peak, but one that was cut off. */
const flatSamples = 4;
/** So many of these may be a knock on the table. */
const maxFlatPeaks = 5;
const fullScale = 0.985;
/** Callers write the digits down, one about every second. */
export const maxDigitMs = 1000;

/** @throws RefusedUpload `silent`, `too-quiet`, `clipped`, `too-long` */
export function checkSamples({ rate, values }: Samples, isDigit: boolean): void {
  if (values.length < rate / 10) throw new RefusedUpload('silent');
  const speech = trim(values, rate - (rate % 100));
  if (speech === undefined) throw new RefusedUpload('silent');
  if (20 * Math.log10(measureActiveRms(speech, rate - (rate % 50))) < quietDb)
    throw new RefusedUpload('too-quiet');
  if (countFlatPeaks(values) > maxFlatPeaks) throw new RefusedUpload('clipped');
  if (isDigit && (speech.length * 1000) / rate > maxDigitMs) throw new RefusedUpload('too-long');
}

function countFlatPeaks(values: Float32Array): number {
  let [peaks, run] = [0, 0];
  for (const value of values) {
    run = Math.abs(value) >= fullScale ? run + 1 : 0;
    if (run === flatSamples) peaks++;
  }
  return peaks;
}
