/** Recordings for ear and eye: as a WAV for a browser, as a level, and as the peaks of a waveform. */
import { measureActiveRms } from '../finish.ts';

/** @param samples signed, 16 bits, little-endian, mono */
export function wavOf(samples: Buffer, rate: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + samples.length, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // mono
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(samples.length, 40);
  return Buffer.concat([head, samples]);
}

/** Level of the speech without its pauses, dB below full scale; null: no speech. */
export function loudnessOf(samples: Buffer, rate: number): number | null {
  const values = floatsOf(samples);
  if (values.length < rate / 50) return null;
  const level = 20 * Math.log10(measureActiveRms(values, rate));
  return Number.isFinite(level) ? level : null;
}

/** The highest sample of each of `count` equal parts, 0–1. */
export function peaksOf(samples: Buffer, count: number): number[] {
  const values = floatsOf(samples);
  const size = Math.max(1, Math.ceil(values.length / count));
  return Array.from({ length: count }, (_, part) =>
    values
      .subarray(part * size, (part + 1) * size)
      .reduce((peak, value) => Math.max(peak, Math.abs(value)), 0),
  );
}

function floatsOf(samples: Buffer): Float32Array {
  return Float32Array.from(
    { length: Math.floor(samples.length / 2) },
    (_, i) => samples.readInt16LE(i * 2) / 32_768,
  );
}
