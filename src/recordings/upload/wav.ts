/**
 * Reads a WAV that somebody has sent. By ourselves, and not by sox: what reads a stranger's bytes shall be memory-safe,
 * and sox then gets nothing but samples.
 */
import { maxUploadSeconds, RefusedUpload } from './refused-upload.ts';

/** Mono, full scale ±1. */
export interface Samples {
  /** Hz. */
  readonly rate: number;
  readonly values: Float32Array;
}

/** Format tags of Microsoft's WAVEFORMATEX. */
const pcm = 1;
const float = 3;
const extensible = 0xfffe;

interface Format {
  readonly tag: number;
  readonly channels: number;
  readonly rate: number;
  readonly bits: number;
}

/**
 * PCM of 8 to 32 bits or floats of 32, one or two channels (their mean), 8 to 192 kHz.
 *
 * @throws RefusedUpload `no-wav`, `too-long`
 */
export function readWavBytes(bytes: Buffer): Samples {
  const { format, data } = chunksOf(bytes);
  const width = (format.bits / 8) * format.channels;
  const count = Math.floor(data.length / width);
  if (count > format.rate * maxUploadSeconds) throw new RefusedUpload('too-long');
  const read = readerOf(format);
  const values = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let channel = 0; channel < format.channels; channel++)
      sum += read(data, i * width + (channel * format.bits) / 8);
    const value = sum / format.channels;
    values[i] = Number.isFinite(value) ? Math.max(-1, Math.min(1, value)) : 0;
  }
  return { rate: format.rate, values };
}

/** The last chunk may be said to be longer than it is: a program that streams does not know its length. */
function chunksOf(bytes: Buffer): { readonly format: Format; readonly data: Buffer } {
  if (
    bytes.length < 44 ||
    bytes.toString('latin1', 0, 4) !== 'RIFF' ||
    bytes.toString('latin1', 8, 12) !== 'WAVE'
  )
    throw new RefusedUpload('no-wav');
  let format: Format | undefined;
  for (let at = 12; at + 8 <= bytes.length;) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const chunk = bytes.subarray(at + 8, Math.min(bytes.length, at + 8 + length));
    if (name === 'fmt ') format = readFormat(chunk);
    if (name === 'data' && format !== undefined) return { format, data: chunk };
    at += 8 + length + (length % 2);
  }
  throw new RefusedUpload('no-wav');
}

function readFormat(chunk: Buffer): Format {
  if (chunk.length < 16) throw new RefusedUpload('no-wav');
  const given = chunk.readUInt16LE(0);
  const tag = given === extensible && chunk.length >= 26 ? chunk.readUInt16LE(24) : given;
  const format = {
    tag,
    channels: chunk.readUInt16LE(2),
    rate: chunk.readUInt32LE(4),
    bits: chunk.readUInt16LE(14),
  };
  const isKnown =
    (tag === pcm && [8, 16, 24, 32].includes(format.bits)) || (tag === float && format.bits === 32);
  if (!isKnown || format.channels < 1 || format.channels > 2 || format.rate < 8000 || format.rate > 192_000)
    throw new RefusedUpload('no-wav');
  return format;
}

function readerOf({ tag, bits }: Format): (data: Buffer, at: number) => number {
  if (tag === float) return (data, at) => data.readFloatLE(at);
  if (bits === 8) return (data, at) => (data.readUInt8(at) - 128) / 128;
  const bytes = bits / 8;
  const scale = 2 ** (bits - 1);
  return (data, at) => data.readIntLE(at, bytes) / scale;
}
