/** Do callers hear what prompts.yaml says? */
import { existsSync } from 'node:fs';
import { staleRecordings } from '../recordings/compare-recordings.ts';
import { digestOfFiles, readRecordingsList } from '../recordings/recordings-list.ts';
import { expectThat, type Finding } from './finding.ts';

/** Where Debian's Asterisk looks for recordings, and where one does that was built from source. */
const pbxFolders = ['/usr/share/asterisk/sounds/vi', '/var/lib/asterisk/sounds/vi'];

/**
 * @param directory the recordings of the application
 * @param folders those of an Asterisk on this machine; what is not there is left out
 */
export async function checkRecordings(
  directory: string,
  folders: readonly string[] = pbxFolders,
): Promise<Finding[]> {
  const [stale = '', ...others] = await staleRecordings(directory);
  return [
    expectThat(
      'words of the recordings',
      stale === '',
      stale === ''
        ? `as in ${directory}/prompts.yaml`
        : stale + (others.length > 0 ? ` (and ${others.length} more)` : ''),
      'make the recordings anew (docs/admin.md, "Replace recordings")',
      'warning',
    ),
    ...(await Promise.all(
      folders
        .filter((folder) => existsSync(`${folder}/hotline`))
        .map((folder) => comparePbx(directory, folder)),
    )),
  ];
}

/** Callers hear Asterisk's copy; the application reads the lengths from its own. */
async function comparePbx(directory: string, folder: string): Promise<Finding> {
  const list = Object.entries(await readRecordingsList(directory));
  const differs = await Promise.all(
    list.map(async ([sound, { files }]) => ((await digestOfFiles(folder, sound)) === files ? [] : [sound])),
  );
  const [first, ...others] = differs.flat();
  return expectThat(
    'recordings on the PBX',
    first === undefined,
    first === undefined
      ? folder
      : `${folder} has another ${first}${others.length > 0 ? ` (and ${others.length} more)` : ''} than ${directory}`,
    `give the PBX those of ${directory} (docs/admin.md, "Replace recordings"), then restart the application`,
    'warning',
  );
}
