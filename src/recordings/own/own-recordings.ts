/** Recordings that admins make in the console: kept in a store, and put live from there. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { ExpectedError } from '../../expected-error.ts';
import { lockFile, type FileLock } from '../../machine/file-lock.ts';
import { whyNotWritable } from '../../machine/not-writable.ts';
import { wait } from '../../timing/wait.ts';
import type { Recording } from '../make-recording.ts';
import { readScript, soundOf } from '../script.ts';
import { makeLive, makeStore, readLiveState, type StorePlaces } from './live-set.ts';
import { Versions, type Version } from './versions.ts';

/** The store cannot be written. */
export class StoreNotWritable extends ExpectedError {
  override readonly name = 'StoreNotWritable';
}

/** Another process works in the store for this long, ms, at most: it copies a few megabytes. */
const lockMs = 10_000;

/**
 * Makes the store ready: what callers hear is then the program's recordings of today, with the admins' in place of
 * theirs. Takes up what a process left undone that died in the middle.
 *
 * @throws StoreNotWritable; ScriptError where prompts.yaml cannot be read
 */
export async function prepareStore(places: StorePlaces): Promise<void> {
  await inStore(places, async () => makeLive(places, await readLiveState(places.directory)));
}

/**
 * Keeps a recording, which callers do not hear yet.
 *
 * @throws StoreNotWritable
 */
export async function keepVersion(
  places: StorePlaces,
  sound: string,
  recording: Recording,
  about: { readonly says: string; readonly by: string },
): Promise<Version> {
  return inStore(places, async () => {
    const live = (await readLiveState(places.directory)).own[sound]?.version;
    return new Versions(places.directory).add(sound, recording, { ...about, live });
  });
}

/**
 * Puts a version live from the next playing on, or the program's own recording (null). The words it stands for are
 * those of now.
 *
 * @returns false if there is no such version, or it is not as it was made
 * @throws StoreNotWritable
 */
export async function putLive(
  places: StorePlaces,
  sound: string,
  version: number | null,
  by: string,
): Promise<boolean> {
  return inStore(places, async () => {
    const { directory, program } = places;
    const { prompts } = await readScript(program);
    const says = prompts.find((prompt) => soundOf(prompt) === sound)?.text;
    if (says === undefined) return false;
    if (version !== null && (await new Versions(directory).read(sound, version)) === undefined) return false;
    const { own, changes } = await readLiveState(directory);
    const others = Object.fromEntries(Object.entries(own).filter(([name]) => name !== sound));
    await makeLive(places, {
      own: version === null ? others : { ...others, [sound]: { version, says } },
      changes: [{ sound, version, by, at: new Date().toISOString() }, ...changes],
    });
    return true;
  });
}

/** Works in the store alone. */
async function inStore<T>({ directory }: StorePlaces, work: () => Promise<T>): Promise<T> {
  let lock: FileLock | undefined;
  try {
    await makeStore(directory, () => randomBytes(6).toString('hex'));
    lock = await lockStore(directory);
    return await work();
  } catch (error) {
    if (!isOfFileSystem(error)) throw error;
    throw new StoreNotWritable(
      `RECORDINGS_DIRECTORY, ${directory}, cannot be written (${whyNotWritable(error)})`,
      { cause: error },
    );
  } finally {
    lock?.release();
  }
}

async function lockStore(directory: string): Promise<FileLock> {
  for (const until = performance.now() + lockMs; ; await wait(50)) {
    const lock = lockFile(join(directory, 'lock'));
    if (lock !== null) return lock;
    if (performance.now() > until)
      throw new StoreNotWritable(`another process holds ${directory}/lock: try again when it has ended`);
  }
}

/** SQLite, which locks, has codes of its own (file-lock.ts). */
function isOfFileSystem(error: unknown): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code !== undefined && (/^E[A-Z]+$/.test(code) || code === 'ERR_SQLITE_ERROR');
}
