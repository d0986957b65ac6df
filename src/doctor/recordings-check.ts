/** Do callers hear what prompts.yaml says, and what admins have recorded? */
import { existsSync } from 'node:fs';
import { staleRecordings } from '../recordings/compare-recordings.ts';
import { liveFolder, readLiveState, type StorePlaces } from '../recordings/own/live-set.ts';
import { whatIsLive } from '../recordings/own/what-is-live.ts';
import { Versions } from '../recordings/own/versions.ts';
import { digestOfFiles, readRecordingsList } from '../recordings/recordings-list.ts';
import { readScript, soundOf } from '../recordings/script.ts';
import { expectThat, type Finding } from './finding.ts';

/** Where Debian's Asterisk looks for recordings, and where one does that was built from source. */
const pbxFolders = ['/usr/share/asterisk/sounds/vi', '/var/lib/asterisk/sounds/vi'];

/**
 * @param places the recordings of the program, and the store of those that admins make
 * @param folders those of an Asterisk on this machine; what is not there is left out
 */
export async function checkRecordings(
  places: StorePlaces,
  folders: readonly string[] = pbxFolders,
): Promise<Finding[]> {
  const { program } = places;
  const live = liveFolder(places.directory);
  const heard = existsSync(`${live}/hotline`) ? live : program;
  return [
    say(
      'words of the recordings',
      await staleRecordings(program),
      `as in ${program}/prompts.yaml`,
      'make the recordings anew (docs/admin.md, "Replace recordings")',
    ),
    ...(await checkLive(places)),
    ...(await checkOwn(places)),
    ...(await Promise.all(
      folders
        .filter((folder) => existsSync(`${folder}/hotline`))
        .map((folder) => comparePbx(program, heard, folder)),
    )),
  ];
}

/** Nothing where callers hear the program's latest. */
async function checkLive(places: StorePlaces): Promise<Finding[]> {
  const older = (await whatIsLive(places))?.older ?? [];
  if (older.length === 0) return [];
  const change =
    'restart the application (systemctl restart hotline, running calls end first): it puts them live';
  return [say('recordings that were made anew', older, '', change)];
}

/** Nothing where no admin has put a recording live. */
async function checkOwn({ directory, program }: StorePlaces): Promise<Finding[]> {
  const { own } = await readLiveState(directory);
  const names = Object.keys(own);
  if (names.length === 0) return [];
  const { prompts } = await readScript(program);
  const versions = new Versions(directory);
  const faults = await Promise.all(
    Object.entries(own).map(async ([sound, { version, says }]) => {
      const prompt = prompts.find((each) => soundOf(each) === sound);
      if (prompt?.text !== says)
        return [
          `${sound} was put live for «${says}», which is not its text any more: callers hear the program's`,
        ];
      const isWhole = (await versions.read(sound, version)) !== undefined;
      return isWhole ? [] : [`${sound}: version ${version} is damaged or gone`];
    }),
  );
  return [
    say(
      'recordings of admins',
      faults.flat(),
      `${names.length} live: ${names.join(', ')}`,
      'record it again in the console (Prompts), or put a version live again there',
    ),
  ];
}

/** Callers hear Asterisk's; the application knows the lengths of those it has. */
async function comparePbx(program: string, heard: string, folder: string): Promise<Finding> {
  const sounds = Object.keys(await readRecordingsList(program));
  const differs = await Promise.all(
    sounds.map(async (sound) =>
      (await digestOfFiles(folder, sound)) === (await digestOfFiles(heard, sound)) ? [] : [sound],
    ),
  );
  const [first, ...others] = differs.flat();
  return expectThat(
    'recordings on the PBX',
    first === undefined,
    first === undefined ? folder : `${folder} has another ${first}${more(others)} than ${heard}`,
    `let ${folder} lead to ${heard} (docs/admin.md, "Replace recordings")`,
    'warning',
  );
}

function say(title: string, [first, ...others]: readonly string[], good: string, change: string): Finding {
  const detail = first === undefined ? good : first + more(others);
  return expectThat(title, first === undefined, detail, change, 'warning');
}

const more = (others: readonly string[]) => (others.length > 0 ? ` (and ${others.length} more)` : '');
