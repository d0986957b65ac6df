/** Makes one recording, with the synthetic voice, from a WAV, or of silence. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { headMs, level, trim } from './finish.ts';
import { wordsOf, type Material } from './material.ts';
import { isDigit, ScriptError, type Script, type ScriptEntry } from './script.ts';
import { narrowRate, readWav, toALaw, toSignedLinear, toTelephoneBand, wideRate } from './sox.ts';
import { checkSamples } from './upload/check-samples.ts';
import { RefusedUpload, type RefusalReason } from './upload/refused-upload.ts';
import { readWavBytes } from './upload/wav.ts';
import { synthesise } from './voice.ts';

/** The A-law code of a zero sample (ITU-T G.711). */
const alawZero = 0xd5;

/** A recording as it is written to disk. */
export interface Recording {
  readonly alaw: Uint8Array;
  readonly sln16: Uint8Array;
}

/**
 * Makes the recording of an entry.
 *
 * @param work folder for temporary files
 * @throws {ToolUnavailable} when sox or espeak-ng is not installed
 * @throws {ToolFailed} when the WAV cannot be read
 * @throws {ScriptError} when callers would not understand the WAV
 */
export async function makeRecording(
  entry: ScriptEntry,
  { wav }: Material,
  script: Script,
  { directory, work }: { readonly directory: string; readonly work: string },
): Promise<Recording> {
  if (entry.silenceMs !== undefined) return makeSilence(entry.silenceMs);
  const speech =
    wav === undefined
      ? await synthesise(entry, wordsOf(entry, script), script.voice, work)
      : await readRecorded(join(directory, wav), isDigit(entry));
  return finishSpeech(speech);
}

/** Levels trimmed wideband speech for both formats, and puts the silence before it that a G.722 phone needs. */
export async function finishSpeech(speech: Float32Array): Promise<Recording> {
  const [alaw, sln16] = await Promise.all([
    toTelephoneBand(speech).then((narrow) => toALaw(level(narrow, narrowRate))),
    toSignedLinear(level(speech, wideRate)),
  ]);
  const head = makeSilence(headMs);
  return { alaw: Buffer.concat([head.alaw, alaw]), sln16: Buffer.concat([head.sln16, sln16]) };
}

function makeSilence(silenceMs: number): Recording {
  return {
    alaw: new Uint8Array((silenceMs * narrowRate) / 1000).fill(alawZero),
    sln16: new Uint8Array((silenceMs * wideRate * 2) / 1000),
  };
}

async function readRecorded(wav: string, isDigit: boolean): Promise<Float32Array> {
  const fault = faultOf(await readFile(wav), isDigit);
  const speech = fault === undefined ? trim(await readWav(wav), wideRate) : undefined;
  if (speech !== undefined) return speech;
  throw new ScriptError(
    `${wav} ${fault ?? faults.silent}: record it again, or delete it to use the synthetic voice`,
  );
}

/**
 * Refuses what the console refuses, with two exceptions: soft speech, because whoever puts a file here can hear its
 * noise, and formats that only sox can read.
 */
function faultOf(bytes: Buffer, isDigit: boolean): string | undefined {
  try {
    checkSamples(readWavBytes(bytes), isDigit);
    return undefined;
  } catch (error) {
    if (!(error instanceof RefusedUpload)) throw error;
    return (faults as Partial<Record<RefusalReason, string>>)[error.reason];
  }
}

const faults = {
  silent: 'contains no audible sound',
  'too-long': 'is too long, at most 30 s, a digit at most 1 s',
  clipped: 'is clipped: its level was too high',
} as const;
