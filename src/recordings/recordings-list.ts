/**
 * What each recording was made from: `recordings.yaml`, beside the script. By it a recording stays as it is while
 * its words stay, and one whose words have changed is found (docs/adr/0045-words-and-recordings.md).
 */
import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';
import { ScriptError } from './script.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const origin = z.strictObject({
  says: z.string().optional(),
  voice: z.string(),
  from: digest,
  files: digest,
});
const list = z.record(z.string(), origin);

/**
 * What a recording was made from. `says` is the text at that time, `voice` a version of espeak-ng, a WAV or
 * `silence`, `from` the digest of its material, `files` that of the recording in both formats.
 */
export type Origin = z.infer<typeof origin>;
/** Origins by sound: `hotline/menu`. */
export type RecordingsList = Readonly<Record<string, Origin>>;

const fileName = 'recordings.yaml';
const head = `# Written by \`hotline sounds\`: what each recording was made from.
# One that is not in this list, or not as it says, is made anew.

`;

/**
 * @returns an empty list where there is none
 * @throws {ScriptError} when it cannot be understood
 */
export async function readRecordingsList(directory: string): Promise<RecordingsList> {
  const file = join(directory, fileName);
  const yaml = await readFile(file, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return '';
    throw new ScriptError(`${file} cannot be read: ${cause.message}`, { cause });
  });
  try {
    return list.parse(parse(yaml) ?? {});
  } catch (cause) {
    throw new ScriptError(
      `${file} is not as hotline sounds writes it: restore it, or delete it to make every recording anew`,
      { cause },
    );
  }
}

export async function writeRecordingsList(directory: string, recordings: RecordingsList): Promise<void> {
  await writeFile(join(directory, fileName), head + stringify(recordings, { lineWidth: 0 }));
}

export function digestOf(...parts: readonly (Uint8Array | string)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex');
}

/** The digest of a recording in both formats; undefined if one of them is missing. */
export async function digestOfFiles(directory: string, sound: string): Promise<string | undefined> {
  try {
    const read = (ending: string) => readFile(join(directory, sound + ending));
    return digestOf(await read('.alaw'), await read('.sln16'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
