/** What a recording is made from. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pronounce } from './pronunciations.ts';
import { digestOf } from './recordings-list.ts';
import { isDigit, type Script, type ScriptEntry } from './script.ts';

/** Where a recording comes from. */
export type Source = 'synthetic' | 'recorded' | 'silence';

export interface Material {
  readonly source: Source;
  /** Relative to the folder, if `source` is `recorded`. */
  readonly wav: string | undefined;
  /** Of everything that decides how it sounds, but for the versions of the tools. */
  readonly digest: string;
}

export async function materialOf(entry: ScriptEntry, script: Script, directory: string): Promise<Material> {
  if (entry.silenceMs !== undefined)
    return { source: 'silence', wav: undefined, digest: digestOf('silence', String(entry.silenceMs)) };
  const wav = `recorded/${entry.name}.wav`;
  const bytes = await readIfThere(join(directory, wav));
  if (bytes !== undefined) return { source: 'recorded', wav, digest: digestOf('recorded', bytes) };
  const { name, pitch, speed, digitSpeed, digitMs } = script.voice;
  const manner = JSON.stringify([
    name,
    pitch,
    entry.speed ?? null,
    ...(isDigit(entry) ? [digitSpeed, ...digitMs] : [speed]),
  ]);
  return {
    source: 'synthetic',
    wav: undefined,
    digest: digestOf('synthetic', wordsOf(entry, script), manner),
  };
}

/** The words that the synthetic voice is given. */
export const wordsOf = ({ text = '' }: ScriptEntry, { pronunciations }: Script): string =>
  pronounce(text, pronunciations);

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
