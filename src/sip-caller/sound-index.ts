/** The recordings a caller may hear. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { indexSound, type IndexedSound } from './indexed-sound.ts';

/**
 * Reads every `.alaw` file in a directory, or in several, and their subdirectories. A name may then stand for several
 * recordings. Recordings of pure silence are left out: they cannot be distinguished from each other or from pauses
 * within other recordings.
 *
 * @throws Error when there are no recordings
 */
export async function loadSounds(directories: string | readonly string[]): Promise<readonly IndexedSound[]> {
  const sounds = new Map<string, IndexedSound>();
  for (const directory of [directories].flat())
    for (const sound of await readFolder(directory))
      sounds.set(`${sound.name} ${sound.frames.join('')}`, sound);
  const audible = [...sounds.values()].filter((sound) => sound.audible);
  if (audible.length === 0)
    throw new Error(
      `${[directories].flat().join(', ')} contains no recordings (.alaw): make them with \`make sounds\``,
    );
  return audible;
}

async function readFolder(directory: string): Promise<IndexedSound[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.alaw'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(files.map((file) => readSound(relative(directory, file).replace(/\.alaw$/, ''), file)));
}

/** What was read before, by path: a process that makes many calls must not index everything for each of them. */
const known = new Map<string, { readonly version: string; readonly sound: IndexedSound }>();

async function readSound(name: string, file: string): Promise<IndexedSound> {
  const { ino, size, ctimeMs } = await stat(file);
  const version = `${name} ${ino} ${size} ${ctimeMs}`;
  const before = known.get(file);
  if (before?.version === version) return before.sound;
  const sound = indexSound(name, await readFile(file));
  known.set(file, { version, sound });
  return sound;
}
