import { access, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ExpectedError } from '../expected-error.ts';
import { whyNotWritable } from '../machine/not-writable.ts';
import { soundFiles } from './catalogue.ts';
import { compareRecordings, type Compared } from './compare-recordings.ts';
import { makeRecording, type Recording } from './make-recording.ts';
import type { Source } from './material.ts';
import { digestOf, writeRecordingsList, type Origin } from './recordings-list.ts';
import { readScript, ScriptError, type Script } from './script.ts';
import { narrowRate } from './sox.ts';
import { installedVoice, referenceVoice } from './voice.ts';

/** A recording of the script. `sound` is its name in Asterisk; `isNew`: made now, not left as it was. */
export interface MadeSound {
  readonly sound: string;
  readonly source: Source;
  readonly lengthMs: number;
  readonly isNew: boolean;
}
/** What {@link makeSounds} did. */
export interface MadeSounds {
  readonly sounds: readonly MadeSound[];
  /** Files relative to the folder. */
  readonly removed: readonly string[];
  /** The espeak-ng that said what is new, if it is not the reference. */
  readonly otherVoice: { readonly installed: string; readonly reference: string } | undefined;
}
export interface MakeSoundsOptions {
  /** The folder of a language: has `prompts.yaml`, may have `recorded/`, receives the recordings and their list. */
  readonly directory: string;
  /** Called after each recording. `done` counts from 1. */
  readonly progress?: (sound: MadeSound, done: number, total: number) => void;
}

/** The folder of the recordings cannot be written. */
export class FolderNotWritable extends ExpectedError {
  override readonly name = 'FolderNotWritable';
  constructor(directory: string, cause: NodeJS.ErrnoException) {
    super(`${directory} cannot be written (${whyNotWritable(cause)})`, { cause });
  }
}

/**
 * Makes the recordings of the script as `.alaw` and `.sln16`, from `recorded/<name>.wav` if there is one and
 * with espeak-ng if not, and removes recordings that are no longer in the script. One that was made from the
 * same words and settings, or the same WAV, stays as it is, whatever version of espeak-ng is installed. The old
 * recordings stay in place until every new one has been made.
 *
 * @throws {ScriptError} when the script breaks a rule, a WAV belongs to no spoken prompt, or a text has changed
 * but its WAV has not
 * @throws {FolderNotWritable} when nothing can be written there
 * @throws {ToolUnavailable} when sox or espeak-ng is needed and not installed
 * @throws {ToolFailed} when a WAV cannot be read
 */
export async function makeSounds({ directory, progress }: MakeSoundsOptions): Promise<MadeSounds> {
  const script = await readScript(directory);
  await refuseStrayWavs(directory, script);
  const all = await compareRecordings(script, directory);
  refuseOldWavs(all, directory);
  const isSpoken = all.some(({ material, isCurrent }) => material.source === 'synthetic' && !isCurrent);
  const voice = isSpoken ? await installedVoice() : referenceVoice;
  // Within the folder, so that the last step is a rename within one file system.
  const work = await mkdtemp(join(directory, '.making-')).catch((cause: NodeJS.ErrnoException) => {
    throw new FolderNotWritable(directory, cause);
  });
  try {
    const sounds: MadeSound[] = [];
    const origins: Record<string, Origin> = {};
    for (const one of all) {
      const { entry, sound, material } = one;
      const {
        voice: by,
        from,
        files,
      } = one.isCurrent ? one.origin : await make(one, script, directory, work, voice);
      origins[sound] = { ...(entry.text !== undefined && { says: entry.text }), voice: by, from, files };
      const { size } = await stat(join(one.isCurrent ? directory : work, `${sound}.alaw`));
      const isNew = !one.isCurrent;
      sounds.push({ sound, source: material.source, lengthMs: size / (narrowRate / 1000), isNew });
      progress?.(sounds.at(-1)!, sounds.length, all.length);
    }
    await publish(work, directory, sounds);
    await writeRecordingsList(directory, origins);
    const removed = await removeOthers(directory, sounds);
    const otherVoice = voice === referenceVoice ? undefined : { installed: voice, reference: referenceVoice };
    return { sounds, removed, otherVoice };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Makes a recording in the folder `work`. @returns what it was made from */
async function make(
  { entry, sound, material }: Compared,
  script: Script,
  directory: string,
  work: string,
  voice: string,
): Promise<Origin> {
  const { alaw, sln16 } = await makeRecording(entry, material, script, { directory, work });
  await store(work, sound, { alaw, sln16 });
  const by = { synthetic: voice, recorded: material.wav ?? '', silence: 'silence' }[material.source];
  return { voice: by, from: material.digest, files: digestOf(alaw, sln16) };
}

/** Refuses a text that has changed while its WAV has not: callers would hear the old words. */
function refuseOldWavs(all: readonly Compared[], directory: string): void {
  const old = all.filter(
    ({ entry, material, origin }) =>
      material.source === 'recorded' && origin?.from === material.digest && origin.says !== entry.text,
  );
  if (old.length === 0) return;
  const faults = old.map(
    ({ entry, sound, material: { wav }, origin }) =>
      `prompt "${entry.name}": its text is now «${entry.text}», but ${join(directory, wav ?? '')} was put there for «${origin?.says}»: ` +
      `record it again, or delete it to use the synthetic voice; or, if it says the new text, delete the entry ${sound} of recordings.yaml`,
  );
  throw new ScriptError(faults.join('\n'));
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

async function store(folder: string, sound: string, { alaw, sln16 }: Recording): Promise<void> {
  await mkdir(dirname(join(folder, sound)), { recursive: true });
  await writeFile(join(folder, `${sound}.alaw`), alaw);
  await writeFile(join(folder, `${sound}.sln16`), sln16);
}

async function publish(from: string, to: string, made: readonly MadeSound[]): Promise<void> {
  for (const { sound } of made.filter(({ isNew }) => isNew)) {
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
