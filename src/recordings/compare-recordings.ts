/** Whether the recordings are those of the script: of its words, as they stand there now. */
import { materialOf, type Material } from './material.ts';
import { digestOfFiles, readRecordingsList, type Origin } from './recordings-list.ts';
import { readScript, soundOf, type Script, type ScriptEntry } from './script.ts';

interface Entry {
  readonly entry: ScriptEntry;
  readonly sound: string;
  /** What its recording is to be made from. */
  readonly material: Material;
}

/** An entry of the script beside its recording. `isCurrent`: that was made from `material`, and is still the same. */
export type Compared = Entry &
  (
    | { readonly isCurrent: true; readonly origin: Origin }
    | { readonly isCurrent: false; readonly origin: Origin | undefined }
  );

/** @throws {ScriptError} when the list of recordings cannot be read */
export async function compareRecordings(script: Script, directory: string): Promise<Compared[]> {
  const list = await readRecordingsList(directory);
  return Promise.all(
    script.prompts.map(async (entry): Promise<Compared> => {
      const sound = soundOf(entry);
      const material = await materialOf(entry, script, directory);
      const origin = list[sound];
      const isCurrent =
        origin?.from === material.digest && origin.files === (await digestOfFiles(directory, sound));
      return isCurrent
        ? { entry, sound, material, origin, isCurrent }
        : { entry, sound, material, origin, isCurrent };
    }),
  );
}

/**
 * Says of each recording that is not what the script says now which prompt it belongs to, and what to do.
 *
 * @returns a sentence for each; none if callers hear what the script says
 * @throws {ScriptError} when the script or the list of recordings cannot be read
 */
export async function staleRecordings(directory: string): Promise<string[]> {
  const all = await compareRecordings(await readScript(directory), directory);
  return all
    .filter(({ isCurrent, origin, entry }) => !isCurrent || origin.says !== entry.text)
    .map((one) => `prompt "${one.entry.name}": ${describe(one)}: run hotline sounds`);
}

function describe({ entry, origin }: Compared): string {
  const what = entry.text === undefined ? `${entry.silenceMs} ms of silence` : `«${entry.text}»`;
  if (origin === undefined) return `no recording was made of ${what}`;
  if (origin.says !== entry.text) return `its text is ${what}, but its recording says «${origin.says ?? ''}»`;
  return `its recording of ${what} is not the one that the script makes now`;
}
