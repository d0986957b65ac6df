import { readdir, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { ExpectedError } from '../expected-error.ts';
import { isInstalled } from '../installation.ts';

/** A-law has 8000 samples a second of one byte each (ITU-T G.711). */
const alawBytesPerMs = 8;

/**
 * Loads the length of every sound, from which the timeout of a playback is calculated.
 *
 * @param directory the folder of a language, such as `sounds/vi`
 * @returns sound name (`hotline/menu`, `digits/7`) → length in ms, from the size of its `.alaw`
 * @throws when the folder cannot be read
 * @example
 * const lengths = await loadSoundLengths('sounds/vi');
 * lengths.get('digits/7'); // 510
 */
export async function loadSoundLengths(directory: string): Promise<ReadonlyMap<string, number>> {
  const files = await soundFiles(directory, '.alaw');
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(directory, file))).size));
  return new Map(files.map((file, at) => [file.slice(0, -'.alaw'.length), sizes[at]! / alawBytesPerMs]));
}

/** The recordings of this program are not whole. */
export class RecordingsMissing extends ExpectedError {
  override readonly name = 'RecordingsMissing';
}

/**
 * @param directory the folder that `lengths` were read from
 * @throws RecordingsMissing naming each of `names` that has no recording, or an empty one
 */
export function requireSounds(
  directory: string,
  lengths: ReadonlyMap<string, number>,
  names: readonly string[],
): void {
  const missing = names.filter((name) => !lengths.get(name));
  if (missing.length > 0)
    throw new RecordingsMissing(
      `${directory} lacks ${missing.join(', ')}: ${isInstalled ? "install the program's sounds again, or run hotline sounds" : 'run make sounds'}; its prompts.yaml must have every prompt that the program's own has`,
    );
}

/**
 * Lists the files with this ending in the folder and its subfolders, as sorted relative paths with
 * `/` as separator, such as `hotline/menu.alaw`.
 */
export async function soundFiles(directory: string, ending: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .sort();
}
