/** The recordings a caller may hear. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { indexSound, type IndexedSound } from './indexed-sound.ts';

/**
 * Reads every `.alaw` file in a directory and its subdirectories. Recordings of pure silence are left
 * out: they cannot be distinguished from each other or from pauses within other recordings.
 *
 * @throws Error when there are no recordings
 */
export async function loadSounds(directory: string): Promise<readonly IndexedSound[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.alaw'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const sounds = await Promise.all(
    files.map(async (file) =>
      indexSound(relative(directory, file).replace(/\.alaw$/, ''), await readFile(file)),
    ),
  );
  const audible = sounds.filter((sound) => sound.audible);
  if (audible.length === 0)
    throw new Error(`${directory} contains no recordings (.alaw): make them with \`make sounds\``);
  return audible;
}
