import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { soundFiles } from './catalogue.ts';
import { level, trim } from './finish.ts';
import { readScript, ScriptError, soundOf, type Script, type ScriptEntry } from './script.ts';
import { NARROW, readWav, toALaw, toSignedLinear, toTelephoneBand, WIDE } from './sox.ts';
import { synthesise } from './voice.ts';

/** A-law's code for a sample of zero (ITU-T G.711). */
const ALAW_ZERO = 0xd5;

/** Where a made recording came from. */
export type Source = 'synthetic' | 'recorded' | 'silence';
/** One made recording: `sound` as Asterisk names it, its length in ms. */
export interface MadeSound {
  readonly sound: string;
  readonly source: Source;
  readonly lengthMs: number;
}
/** What {@link makeSounds} did; `removed` are files, relative to the folder. */
export interface MadeSounds {
  readonly made: readonly MadeSound[];
  readonly removed: readonly string[];
}
export interface MakeSoundsOptions {
  /** A language's folder: holds `prompts.yaml`, may hold `recorded/`, receives the recordings. */
  readonly directory: string;
  /** Called after each recording; `done` counts from 1. */
  readonly progress?: (sound: MadeSound, done: number, total: number) => void;
}

/** A recording as it will be on disk. */
interface Recording {
  readonly source: Source;
  readonly alaw: Uint8Array;
  readonly sln16: Uint8Array;
}

/**
 * Makes every recording of the script, `.alaw` and `.sln16`, from `recorded/<name>.wav` where that
 * exists and with espeak-ng where not, and removes recordings the script no longer has. The same
 * input gives the same bytes. All or nothing: the old recordings stay until every new one is made.
 *
 * @throws {ScriptError} when the script breaks a rule, or a WAV belongs to no spoken prompt or is silent
 * @throws {ToolUnavailable} naming the Debian package
 * @throws {ToolFailed} when a WAV cannot be read
 */
export async function makeSounds({ directory, progress }: MakeSoundsOptions): Promise<MadeSounds> {
  const script = await readScript(directory);
  await refuseStrayWavs(directory, script);
  // Inside the folder, so that the last step is a rename within one file system.
  const workDirectory = await mkdtemp(join(directory, '.making-'));
  try {
    const made: MadeSound[] = [];
    for (const entry of script.prompts) {
      const { source, alaw, sln16 } = await makeRecording(entry, script, directory, workDirectory);
      const sound = soundOf(entry);
      await store(workDirectory, sound, alaw, sln16);
      made.push({ sound, source, lengthMs: alaw.length / (NARROW / 1000) });
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
  if (entry.silenceMs !== undefined) return silence(entry.silenceMs);
  const wav = join(directory, 'recorded', `${entry.name}.wav`);
  const recorded = await exists(wav);
  const speech = recorded ? await readRecorded(wav) : await synthesise(entry, script.voice, work);
  const [alaw, sln16] = await Promise.all([
    toTelephoneBand(speech).then((narrow) => toALaw(level(narrow, NARROW))),
    toSignedLinear(level(speech, WIDE)),
  ]);
  return { source: recorded ? 'recorded' : 'synthetic', alaw, sln16 };
}

async function readRecorded(wav: string): Promise<Float32Array> {
  const speech = trim(await readWav(wav), WIDE);
  if (!speech) throw new ScriptError(`${wav} holds nothing audible: record it again, or delete it`);
  return speech;
}

function silence(silenceMs: number): Recording {
  return {
    source: 'silence',
    alaw: new Uint8Array((silenceMs * NARROW) / 1000).fill(ALAW_ZERO),
    sln16: new Uint8Array((silenceMs * WIDE * 2) / 1000),
  };
}

/** A WAV with a misspelt name would be passed over without a word, so it is refused. */
async function refuseStrayWavs(directory: string, { prompts }: Script): Promise<void> {
  const folder = join(directory, 'recorded');
  if (!(await exists(folder))) return;
  const spoken = new Set(prompts.filter((p) => p.text !== undefined).map((p) => `${p.name}.wav`));
  const stray = (await soundFiles(folder, '')).filter((file) => !file.startsWith('.') && !spoken.has(file));
  if (stray.length === 0) return;
  const names = stray.map((file) => join(folder, file)).join(', ');
  throw new ScriptError(
    `${names}: no spoken prompt has that name; ${folder}/<name>.wav, names in prompts.yaml`,
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

/** Only in the two folders this makes, and only the two formats: an admin's other sounds stay. */
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
