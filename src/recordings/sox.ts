import { runTool } from './run-tool.ts';

/** Sample rates of the two formats, Hz: `.alaw` and `.sln16`. */
export const narrowRate = 8000;
export const wideRate = 16_000;

/** Without dither, which is random: the same recording must always give the same bytes. */
const reproducible = ['-D', '-R', '-V1'];
/** Two filters, because sox's single band-pass filter inverts the wave. */
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

// Halves the level first: filters overshoot, and the level is set later anyway.
const wideBand = ['vol', '0.5', 'remix', '-', 'rate', '-v', String(wideRate), ...bandPass(100, 7000)];

/** Converts mono samples of any rate to wideband samples, 100–7000 Hz. */
export async function toWideband(samples: Float32Array, rate: number): Promise<Float32Array> {
  return filter(samples, rate, wideRate, wideBand);
}

/**
 * Reads a WAV of any rate, sample size and number of channels as mono wideband samples, 100–7000 Hz.
 *
 * @throws {ToolFailed} when sox cannot read it
 */
export async function readWav(file: string): Promise<Float32Array> {
  return samplesIn(
    await runTool('sox', [...reproducible, file, ...describeFloats(wideRate), '-', ...wideBand]),
  );
}

/** Converts wideband samples to the telephone band: 8 kHz, 300–3400 Hz. */
export async function toTelephoneBand(wide: Float32Array): Promise<Float32Array> {
  return filter(wide, wideRate, narrowRate, ['rate', '-v', String(narrowRate), ...bandPass(300, 3400)]);
}

/**
 * Makes synthetic speech easier to understand on a telephone: boosts the treble, where espeak-ng is
 * weak, and raises soft consonants and endings against loud vowels. Without it `ba`, `hai` and `tám`
 * sound much alike. Not for real recordings, whose noise it would raise.
 */
export async function clarify(wide: Float32Array): Promise<Float32Array> {
  const raiseSoft = ['compand', '0.003,0.05', '6:-76,-66,-51,-34,-31,-24,-6,-16', '0', '-36', '0.005'];
  return filter(wide, wideRate, wideRate, ['treble', '8', '1500', '0.7', ...raiseSoft]);
}

/** Makes wideband samples longer or shorter without changing the pitch; `factor` 2 doubles the length. */
export async function stretch(wide: Float32Array, factor: number): Promise<Float32Array> {
  return filter(wide, wideRate, wideRate, ['tempo', '-s', (1 / factor).toFixed(4)]);
}

/** Converts samples to raw A-law bytes, which Asterisk calls `.alaw`. */
export async function toALaw(narrow: Float32Array): Promise<Buffer> {
  return runTool(
    'sox',
    [...reproducible, ...describeFloats(narrowRate), '-', '-t', 'al', '-'],
    bytesOf(narrow),
  );
}

/** Converts samples to raw signed 16-bit little-endian, which Asterisk calls `.sln16`. */
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

/** Copies the bytes, because a Buffer may start at an offset that a Float32Array does not allow. */
const samplesIn = (bytes: Buffer): Float32Array => new Float32Array(new Uint8Array(bytes).buffer);
