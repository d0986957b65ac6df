/**
 * What callers hear: a whole folder of recordings, of which Asterisk finds the present one by the link `live`. It is
 * exchanged by one rename, so that a prompt changes in both formats at once, a playback under way goes on in the file
 * that it has open, and a process that dies leaves the old folder or the new one
 * (docs/adr/0063-own-recordings.md).
 */
import { chmod, mkdtemp, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { soundFiles } from '../catalogue.ts';
import { readScript, soundOf } from '../script.ts';
import { copy, makeFolder, place, readIfThere, syncFolder, writeWhole } from './store-files.ts';
import { stampOf } from './touched.ts';
import { Versions } from './versions.ts';

const choice = z.strictObject({
  version: z.int().positive(),
  /** The words that it was put live for: with other words in prompts.yaml the program's recording is heard again. */
  says: z.string(),
});
const change = z.strictObject({
  sound: z.string(),
  /** Null: the program's own recording. */
  version: z.int().positive().nullable(),
  by: z.string(),
  at: z.iso.datetime(),
});
const state = z.strictObject({ own: z.record(z.string(), choice), changes: z.array(change) });

/** Which version of a prompt is live. */
export type Choice = z.infer<typeof choice>;
/** Who has put what live, and when. */
export type Change = z.infer<typeof change>;
/** Choices by sound, and the latest changes, the newest first. */
export type LiveState = z.infer<typeof state>;

/** Folders of a language that hold our prompts. */
export const folders = ['hotline', 'digits'] as const;
/** Kept on record beside the recordings; the audit log has all. */
const keptChanges = 500;
const stateFile = 'state.json';
/** Beside the sets: the stamp of all files that were last compared and found equal. */
const comparedFile = 'compared';

/** Where a store keeps its parts. */
export interface StorePlaces {
  /** The store. */
  readonly directory: string;
  /** The program's recordings, with prompts.yaml. */
  readonly program: string;
}

/** The folder that Asterisk's link for the language leads to. */
export const liveFolder = (directory: string): string => join(directory, 'live');

/** Which folder is live, to notice a change; undefined: none yet. */
export async function readLiveLink(directory: string): Promise<string | undefined> {
  return readlink(liveFolder(directory)).catch(() => undefined);
}

/** Nothing is chosen where there is no set yet, or none that can be read. */
export async function readLiveState(directory: string): Promise<LiveState> {
  const json = await readIfThere(join(liveFolder(directory), stateFile));
  try {
    return state.parse(JSON.parse(json?.toString() ?? ''));
  } catch {
    return { own: {}, changes: [] };
  }
}

/** A sound that only this store has: an Asterisk that can play it plays from here. */
export async function markerOf(directory: string): Promise<string | undefined> {
  const id = await readIfThere(join(directory, 'id'));
  return id === undefined ? undefined : `hotline/store-${id.toString()}`;
}

/** Exchanges the live folder for one as `wanted`, unless it is so already. The caller holds the lock. */
export async function makeLive(places: StorePlaces, wanted: LiveState): Promise<void> {
  const { directory } = places;
  const files = await filesOf(places, wanted);
  const text = JSON.stringify({ ...wanted, changes: wanted.changes.slice(0, keptChanges) });
  await removeLeftOver(directory);
  if (await isAsWanted(directory, files, text)) return;
  const sets = join(directory, 'sets');
  await makeFolder(sets);
  const making = await mkdtemp(join(directory, '.making-'));
  for (const [file, from] of files) {
    await makeFolder(dirname(join(making, file)));
    if (from.startsWith(directory)) await place(from, join(making, file));
    else await copy(from, join(making, file));
  }
  await writeWhole(join(making, stateFile), text);
  const number = Math.max(0, ...(await readdir(sets)).map(Number).filter(Number.isInteger)) + 1;
  await chmod(making, 0o755); // mkdtemp makes it for one user alone
  await rename(making, join(sets, String(number)));
  await syncFolder(sets);
  const link = join(directory, '.live');
  await rm(link, { force: true });
  await symlink(`sets/${number}`, link);
  await rename(link, liveFolder(directory));
  await syncFolder(directory);
}

/** Every file of a set, and where its content is. */
async function filesOf(
  { directory, program }: StorePlaces,
  { own }: LiveState,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const folder of folders)
    for (const file of await soundFiles(join(program, folder), ''))
      files.set(`${folder}/${file}`, join(program, folder, file));
  for (const [file, from] of await ownFilesOf({ directory, program }, own)) files.set(file, from);
  const marker = await markerOf(directory);
  if (marker !== undefined) files.set(`${marker}.alaw`, join(directory, 'marker.alaw'));
  return files;
}

/** Those of the admins' recordings. */
async function ownFilesOf(
  { directory, program }: StorePlaces,
  own: LiveState['own'],
): Promise<[file: string, from: string][]> {
  if (Object.keys(own).length === 0) return []; // so prompts.yaml need not be read
  const versions = new Versions(directory);
  const { prompts } = await readScript(program);
  const files: [string, string][] = [];
  for (const prompt of prompts) {
    const sound = soundOf(prompt);
    const chosen = own[sound];
    if (chosen === undefined || chosen.says !== prompt.text) continue;
    if ((await versions.read(sound, chosen.version)) === undefined) continue; // damaged, or gone
    for (const ending of ['.alaw', '.sln16'])
      files.push([sound + ending, versions.pathOf(sound, chosen.version) + ending]);
  }
  return files;
}

/** Compared byte by byte, unless no file has been touched since that was done. */
async function isAsWanted(
  directory: string,
  files: ReadonlyMap<string, string>,
  stateText: string,
): Promise<boolean> {
  const live = liveFolder(directory);
  if ((await readIfThere(join(live, stateFile)))?.toString() !== stateText) return false;
  const compared = [...files].flatMap(([file, from]) => [join(live, file), from]);
  const stamp = await stampOf([...folders.map((folder) => join(live, folder)), ...compared]);
  const record = join(directory, comparedFile);
  if (stamp !== null && (await readIfThere(record))?.toString() === stamp) return true;
  if (!(await holdsExactly(live, files))) return false;
  if (stamp !== null) await writeWhole(record, stamp);
  return true;
}

async function holdsExactly(live: string, files: ReadonlyMap<string, string>): Promise<boolean> {
  const present = (await Promise.all(folders.map((folder) => soundFiles(join(live, folder), '')))).flat();
  if (present.length !== files.size) return false;
  for (const [file, from] of files) {
    const [is, should] = await Promise.all([readIfThere(join(live, file)), readIfThere(from)]);
    if (is === undefined || should === undefined || !is.equals(should)) return false;
  }
  return true;
}

/** What a process left that died, and sets from before the last: a playback of the last may just begin. */
async function removeLeftOver(directory: string): Promise<void> {
  for (const name of await readdir(directory))
    if (name.startsWith('.making-')) await rm(join(directory, name), { recursive: true });
  const sets = join(directory, 'sets');
  const live = Number((await readLiveLink(directory))?.replace('sets/', ''));
  for (const name of await readdir(sets).catch(() => []))
    if (Number(name) !== live && Number(name) !== live - 1) await rm(join(sets, name), { recursive: true });
}

/** Makes what is in every store: an id of its own, by which Asterisk is known to play from it. */
export async function makeStore(directory: string, newId: () => string): Promise<void> {
  await makeFolder(directory);
  if ((await readIfThere(join(directory, 'id'))) !== undefined) return;
  await writeWhole(join(directory, 'marker.alaw'), new Uint8Array(80).fill(0xd5)); // 10 ms of silence
  await writeWhole(join(directory, 'id'), newId());
}
