/** The recordings that admins have made, each with who made it, when, and of which words. */
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Recording } from '../make-recording.ts';
import { digestOf, digestOfFiles } from '../recordings-list.ts';
import { narrowRate } from '../sox.ts';
import { readIfThere, writeWhole } from './store-files.ts';

const about = z.strictObject({
  says: z.string(),
  by: z.string(),
  at: z.iso.datetime(),
  lengthMs: z.number(),
  files: z.string(),
});

/** A recording of an admin's. */
export interface Version extends z.infer<typeof about> {
  /** Counts from 1 for each prompt. */
  readonly number: number;
}

/** So many are kept of each prompt; then the oldest that is not live goes. */
const keptVersions = 50;

export class Versions {
  readonly #folder: string;

  /** @param directory of the store */
  constructor(directory: string) {
    this.#folder = join(directory, 'versions');
  }

  /** Where a version lies, without the ending of a format. */
  pathOf(sound: string, number: number): string {
    return join(this.#folder, sound, String(number));
  }

  /** The newest first. A version whose last file was never written is none. */
  async list(sound: string): Promise<Version[]> {
    const numbers = await this.#numbers(sound);
    const read = await Promise.all(numbers.map((number) => this.read(sound, number)));
    return read.filter((version) => version !== undefined);
  }

  /** Undefined: there is none, or it is not as it was made. */
  async read(sound: string, number: number): Promise<Version | undefined> {
    const json = await readIfThere(`${this.pathOf(sound, number)}.json`);
    if (json === undefined) return undefined;
    const read = about.safeParse(parseOrNull(json.toString()));
    if (!read.success) return undefined;
    const digest = await digestOfFiles(join(this.#folder, sound), String(number));
    return digest === read.data.files ? { number, ...read.data } : undefined;
  }

  /**
   * Keeps a recording. The caller holds the lock of the store.
   *
   * @param live its number never goes
   */
  async add(
    sound: string,
    { alaw, sln16 }: Recording,
    { says, by, live }: { readonly says: string; readonly by: string; readonly live: number | undefined },
  ): Promise<Version> {
    const numbers = await this.#numbers(sound);
    const number = (numbers[0] ?? 0) + 1;
    const path = this.pathOf(sound, number);
    const made = {
      ...{ says, by, at: new Date().toISOString() },
      lengthMs: alaw.length / (narrowRate / 1000),
      files: digestOf(alaw, sln16),
    };
    await writeWhole(`${path}.alaw`, alaw);
    await writeWhole(`${path}.sln16`, sln16);
    await writeWhole(`${path}.json`, JSON.stringify(made)); // last: now it is there
    const spare = numbers.filter((each) => each !== live);
    for (const old of spare.slice(keptVersions - 1)) await this.#remove(sound, old);
    return { number, ...made };
  }

  async #remove(sound: string, number: number): Promise<void> {
    for (const ending of ['json', 'alaw', 'sln16'])
      await rm(`${this.pathOf(sound, number)}.${ending}`, { force: true });
  }

  /** The highest first, those without their last file too: no number is given twice. */
  async #numbers(sound: string): Promise<number[]> {
    const names = await readdir(join(this.#folder, sound)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return [];
      throw error;
    });
    const numbers = names.flatMap((name) => /^([1-9]\d*)\./.exec(name)?.[1] ?? []).map(Number);
    return [...new Set(numbers)].sort((one, other) => other - one);
  }
}

function parseOrNull(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
