/** WAV files, as people send them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface WavOptions {
  readonly rate?: number;
  readonly channels?: number;
  readonly bits?: 8 | 16 | 24 | 32;
}

/** @param values mono, full scale ±1; the same on every channel */
export function wavOf(
  values: ArrayLike<number>,
  { rate = 16_000, channels = 1, bits = 16 }: WavOptions = {},
): Buffer {
  const width = bits / 8;
  const data = Buffer.alloc(values.length * width * channels);
  for (let i = 0; i < values.length * channels; i++) {
    const value = Math.round(values[Math.floor(i / channels)]! * (2 ** (bits - 1) - 1));
    if (bits === 8) data.writeUInt8(value + 128, i);
    else data.writeIntLE(value, i * width, width);
  }
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(channels, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * width * channels, 28);
  head.writeUInt16LE(width * channels, 32);
  head.writeUInt16LE(bits, 34);
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

/**
 * As a recording studio might deliver it: resampled by linear interpolation.
 *
 * @param gain applied to the samples, which must stay within full scale
 */
export function studioWav(
  { rate: from, values }: { readonly rate: number; readonly values: ArrayLike<number> },
  gain: number,
  options: WavOptions & { readonly rate: number },
): Buffer {
  const frames = Math.floor((values.length * options.rate) / from);
  const resampled = Float64Array.from({ length: frames }, (_, i) => {
    const position = (i * from) / options.rate;
    const [before, part] = [Math.floor(position), position % 1];
    return gain * ((values[before] ?? 0) * (1 - part) + (values[before + 1] ?? 0) * part);
  });
  return wavOf(resampled, options);
}

/** A shipped prompt, which stands for a person's voice. @param gain 1: as it is */
export function speechOf(sound: string, gain = 1): Float32Array {
  const bytes = readFileSync(join(import.meta.dirname, '../../../sounds/vi', `${sound}.sln16`));
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) =>
    Math.max(-1, Math.min(1, (bytes.readInt16LE(i * 2) / 32_768) * gain)),
  );
}

/** Nothing but noise far below speech. */
export function silenceOf(seconds: number, rate = 16_000): Float32Array {
  return Float32Array.from({ length: seconds * rate }, (_, i) => ((i * 7919) % 13) / 200_000);
}
