import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { soundFiles } from './catalogue.ts';
import { level, trim } from './finish.ts';
import { readScript, ScriptError, soundOf, type Script, type ScriptEntry } from './script.ts';
import { narrowRate, readWav, toALaw, toSignedLinear, toTelephoneBand, wideRate } from './sox.ts';
import { synthesise } from './voice.ts';

/** The A-law code of a zero sample (ITU-T G.711). */
const alawZero = 0xd5;

/**
 * Silence at the head of every recording, ms. Asterisk starts a new G.722 encoder for each file, while
 * the phone's decoder goes on from the file before. During this silence they come to agree; without it
 * the first word is distorted, and it clicks where a key cuts a prompt (docs/adr/0030-phones.md). A-law
 * needs none, but a prompt has one length.
 */
export const headMs = 70;

/** Where a recording came from. */
export type Source = 'synthetic' | 'recorded' | 'silence';
/** One recording that was made. `sound` is its name in Asterisk. */
export interface MadeSound {
  readonly sound: string;
  readonly source: Source;
  readonly lengthMs: number;
}
/** What {@link makeSounds} did. `removed` lists files relative to the folder. */
export interface MadeSounds {
  readonly made: readonly MadeSound[];
  readonly removed: readonly string[];
}
export interface MakeSoundsOptions {
  /** The folder of a language: has `prompts.yaml`, may have `recorded/`, receives the recordings. */
  readonly directory: string;
  /** Called after each recording. `done` counts from 1. */
  readonly progress?: (sound: MadeSound, done: number, total: number) => void;
}

/** A recording as it is written to disk. */
interface Recording {
  readonly source: Source;
  readonly alaw: Uint8Array;
  readonly sln16: Uint8Array;
}

/**
 * Makes every recording of the script as `.alaw` and `.sln16`, from `recorded/<name>.wav` if there is
 * one and with espeak-ng if not, and removes recordings that are no longer in the script. The same
 * input gives the same bytes. The old recordings stay in place until every new one has been made.
 *
 * @throws {ScriptError} when the script breaks a rule or a WAV belongs to no spoken prompt
 * @throws {ToolUnavailable} when sox or espeak-ng is not installed
 * @throws {ToolFailed} when a WAV cannot be read
 */
export async function makeSounds({ directory, progress }: MakeSoundsOptions): Promise<MadeSounds> {
  const script = await readScript(directory);
  await refuseStrayWavs(directory, script);
  // Within the folder, so that the last step is a rename within one file system.
  const workDirectory = await mkdtemp(join(directory, '.making-'));
  try {
    const made: MadeSound[] = [];
    for (const entry of script.prompts) {
      const { source, alaw, sln16 } = await makeRecording(entry, script, directory, workDirectory);
      const sound = soundOf(entry);
      await store(workDirectory, sound, alaw, sln16);
      made.push({ sound, source, lengthMs: alaw.length / (narrowRate / 1000) });
      progress?.(made[made.length - 1]!, made.length, script.prompts.length);
    }
    await publish(workDirectory, directory, made);
    return { made, removed: await removeOthers(directory, made) };
  } finally {
    await rm(workDirectory, { recursive: true, force: true });
  }
}

async function makeRecording(
  entry: ScriptEntry,
  script: Script,
  directory: string,
  work: string,
): Promise<Recording> {
  if (entry.silenceMs !== undefined) return makeSilence(entry.silenceMs);
  const wav = join(directory, 'recorded', `${entry.name}.wav`);
  const recorded = await exists(wav);
  const speech = recorded ? await readRecorded(wav) : await synthesise(entry, script.voice, work);
  const [alaw, sln16] = await Promise.all([
    toTelephoneBand(speech).then((narrow) => toALaw(level(narrow, narrowRate))),
    toSignedLinear(level(speech, wideRate)),
  ]);
  const head = makeSilence(headMs);
  return {
    source: recorded ? 'recorded' : 'synthetic',
    alaw: Buffer.concat([head.alaw, alaw]),
    sln16: Buffer.concat([head.sln16, sln16]),
  };
}

async function readRecorded(wav: string): Promise<Float32Array> {
  const speech = trim(await readWav(wav), wideRate);
  if (!speech)
    throw new ScriptError(
      `${wav} contains no audible sound: record it again, or delete it to use the synthetic voice`,
    );
  return speech;
}

function makeSilence(silenceMs: number): Recording {
  return {
    source: 'silence',
    alaw: new Uint8Array((silenceMs * narrowRate) / 1000).fill(alawZero),
    sln16: new Uint8Array((silenceMs * wideRate * 2) / 1000),
  };
}

/** Refuses a WAV with a misspelt name, which would otherwise be ignored silently. */
async function refuseStrayWavs(directory: string, { prompts }: Script): Promise<void> {
  const folder = join(directory, 'recorded');
  if (!(await exists(folder))) return;
  const spoken = new Set(prompts.filter((p) => p.text !== undefined).map((p) => `${p.name}.wav`));
  const stray = (await soundFiles(folder, '')).filter((file) => !file.startsWith('.') && !spoken.has(file));
  if (stray.length === 0) return;
  const names = stray.map((file) => join(folder, file)).join(', ');
  throw new ScriptError(
    `${names}: no spoken prompt has that name. Expected ${folder}/<name>.wav with a name from prompts.yaml`,
  );
}

async function store(folder: string, sound: string, alaw: Uint8Array, sln16: Uint8Array): Promise<void> {
  await mkdir(dirname(join(folder, sound)), { recursive: true });
  await writeFile(join(folder, `${sound}.alaw`), alaw);
  await writeFile(join(folder, `${sound}.sln16`), sln16);
}

async function publish(from: string, to: string, made: readonly MadeSound[]): Promise<void> {
  for (const { sound } of made) {
    await mkdir(dirname(join(to, sound)), { recursive: true });
    for (const ending of ['.alaw', '.sln16'])
      await rename(join(from, sound + ending), join(to, sound + ending));
  }
}

/** Removes only the two formats, and only from the two folders made here: an admin's own sounds stay. */
async function removeOthers(directory: string, made: readonly MadeSound[]): Promise<string[]> {
  const wanted = new Set(made.flatMap(({ sound }) => [`${sound}.alaw`, `${sound}.sln16`]));
  const present = [...(await soundFiles(directory, '.alaw')), ...(await soundFiles(directory, '.sln16'))];
  const others = present.filter((file) => /^(hotline|digits)\//.test(file) && !wanted.has(file));
  for (const file of others) await rm(join(directory, file));
  return others;
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );
