/** What callers hear of a store, as another process than the application sees it. */
import { realpath } from 'node:fs/promises';
import { digestOfFiles, readRecordingsList } from '../recordings-list.ts';
import { liveFolder, readLiveState, type StorePlaces } from './live-set.ts';

export interface LiveNow {
  /** Of the recordings that are live now, whatever is put live later. */
  readonly folder: string;
  /**
   * Sounds of which the program has another recording than callers hear, though no admin has put that one live:
   * recordings that were made while the application was running.
   */
  readonly older: readonly string[];
}

/** @returns undefined where nothing is live, or where this user may not read it */
export async function whatIsLive({ directory, program }: StorePlaces): Promise<LiveNow | undefined> {
  const folder = await realpath(liveFolder(directory)).catch(() => undefined);
  if (folder === undefined) return undefined;
  const { own } = await readLiveState(directory);
  const sounds = Object.keys(await readRecordingsList(program)).filter((sound) => !(sound in own));
  const differs = await Promise.all(
    sounds.map(async (sound) => {
      const [live, ours] = await Promise.all([folder, program].map((each) => digestOfFiles(each, sound)));
      return live === ours ? [] : [sound];
    }),
  );
  return { folder, older: differs.flat() };
}
