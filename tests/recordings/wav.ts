import type { Samples } from './measure.ts';

/** The WAV to write. `gain` is applied to the samples, which must stay within full scale. */
export interface WavFormat {
  readonly rate: number;
  readonly bits: 8 | 16 | 24;
  readonly channels: 1 | 2;
  readonly gain: number;
}

/** Samples as a PCM WAV, resampled by linear interpolation, as a recording studio might deliver it. */
export function wavOf(samples: Samples, { rate, bits, channels, gain }: WavFormat): Uint8Array {
  const width = bits / 8;
  const frames = Math.floor((samples.values.length * rate) / samples.rate);
  const wav = Buffer.alloc(44 + frames * channels * width);
  wav.write('RIFF', 0);
  wav.writeUInt32LE(wav.length - 8, 4);
  wav.write('WAVEfmt ', 8);
  wav.writeUInt32LE(16, 16);
  wav.writeUInt16LE(1, 20);
  wav.writeUInt16LE(channels, 22);
  wav.writeUInt32LE(rate, 24);
  wav.writeUInt32LE(rate * channels * width, 28);
  wav.writeUInt16LE(channels * width, 32);
  wav.writeUInt16LE(bits, 34);
  wav.write('data', 36);
  wav.writeUInt32LE(wav.length - 44, 40);
  for (let i = 0; i < frames * channels; i++) {
    const value = gain * interpolate(samples.values, (Math.floor(i / channels) * samples.rate) / rate);
    const scaled = Math.round(value * (2 ** (bits - 1) - 1));
    // WAV stores 8-bit samples unsigned, all wider ones signed.
    if (bits === 8) wav.writeUInt8(scaled + 128, 44 + i);
    else wav.writeIntLE(scaled, 44 + i * width, width);
  }
  return wav;
}

function interpolate(values: Float64Array, position: number): number {
  const before = Math.floor(position);
  const part = position - before;
  return (values[before] ?? 0) * (1 - part) + (values[before + 1] ?? 0) * part;
}
