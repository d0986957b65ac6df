import { runTool } from './run-tool.ts';

/** Rates of the two formats, samples a second. */
export const narrowRate = 8000;
export const wideRate = 16_000;

/** No dither, which is random: the same recording must always give the same bytes. */
const reproducible = ['-D', '-R', '-V1'];
/** Two filters, since sox's one-step band pass turns the wave upside down. */
const bandPass = (low: number, high: number): string[] => [
  'sinc',
  '-t',
  '100',
  `${low}`,
  'sinc',
  '-t',
  '200',
  `-${high}`,
];
const describeFloats = (rate: number): string[] => ['-t', 'f32', '-r', String(rate), '-c', '1'];

/**
 * Reads a WAV of any rate, width and number of channels as mono wideband samples, 100–7000 Hz.
 *
 * @throws {ToolFailed} when sox cannot read it
 */
export async function readWav(file: string): Promise<Float32Array> {
  // Half the level first: filters overshoot, and the level is set later anyway.
  const effects = ['vol', '0.5', 'remix', '-', 'rate', '-v', String(wideRate), ...bandPass(100, 7000)];
  return samplesIn(
    await runTool('sox', [...reproducible, file, ...describeFloats(wideRate), '-', ...effects]),
  );
}

/** Wideband samples as the telephone carries them: 8 kHz, 300–3400 Hz. */
export async function toTelephoneBand(wide: Float32Array): Promise<Float32Array> {
  return filter(wide, wideRate, narrowRate, ['rate', '-v', String(narrowRate), ...bandPass(300, 3400)]);
}

/**
 * Makes synthetic speech easier to tell apart on a telephone: treble up, since espeak-ng is dull
 * there, and soft consonants and endings raised against loud vowels. Without it `ba`, `hai` and
 * `tám` come out much alike. Not for real recordings: it would raise their noise.
 */
export async function clarify(wide: Float32Array): Promise<Float32Array> {
  const raiseSoft = ['compand', '0.003,0.05', '6:-76,-66,-51,-34,-31,-24,-6,-16', '0', '-36', '0.005'];
  return filter(wide, wideRate, wideRate, ['treble', '8', '1500', '0.7', ...raiseSoft]);
}

/** Wideband samples made longer or shorter without changing the pitch; `factor` 2 is twice as long. */
export async function stretch(wide: Float32Array, factor: number): Promise<Float32Array> {
  return filter(wide, wideRate, wideRate, ['tempo', '-s', (1 / factor).toFixed(4)]);
}

/** Samples as raw A-law bytes, what Asterisk calls `.alaw`. */
export async function toALaw(narrow: Float32Array): Promise<Buffer> {
  return runTool(
    'sox',
    [...reproducible, ...describeFloats(narrowRate), '-', '-t', 'al', '-'],
    bytesOf(narrow),
  );
}

/** Samples as raw signed 16-bit little-endian, what Asterisk calls `.sln16`. */
export async function toSignedLinear(wide: Float32Array): Promise<Buffer> {
  const raw = ['-t', 'raw', '-e', 'signed-integer', '-b', '16', '-L', '-'];
  return runTool('sox', [...reproducible, ...describeFloats(wideRate), '-', ...raw], bytesOf(wide));
}

async function filter(
  samples: Float32Array,
  from: number,
  to: number,
  effects: string[],
): Promise<Float32Array> {
  const args = [...reproducible, ...describeFloats(from), '-', ...describeFloats(to), '-', ...effects];
  return samplesIn(await runTool('sox', args, bytesOf(samples)));
}

const bytesOf = (samples: Float32Array): Uint8Array =>
  new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);

/** Copied, since a Buffer may begin at an offset that no Float32Array can. */
const samplesIn = (bytes: Buffer): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
