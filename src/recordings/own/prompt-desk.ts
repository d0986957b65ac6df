/** What the console is shown of the prompts, and does with them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { askSeldom } from '../../timing/ask-seldom.ts';
import { isDigit, readScript, soundOf, type ScriptEntry } from '../script.ts';
import { runTool, ToolUnavailable } from '../run-tool.ts';
import { wideRate } from '../sox.ts';
import { RefusedUpload } from '../upload/refused-upload.ts';
import { makeFromUpload } from '../upload/make-from-upload.ts';
import type { Recording } from '../make-recording.ts';
import { readLiveState, type Change } from './live-set.ts';
import type { LiveRecordings } from './live-recordings.ts';
import { loudnessOf, wavOf } from './listen.ts';
import { keepVersion, putLive } from './own-recordings.ts';
import { Versions, type Version } from './versions.ts';

/** A prompt, and what callers hear of it. */
export interface PromptFacts {
  /** As in prompts.yaml: `menu`, `digits/7`. */
  readonly name: string;
  readonly sound: string;
  readonly when: string;
  /** Undefined: silence, which nobody records. */
  readonly text: string | undefined;
  readonly lengthMs: number;
  /** Level of the speech, dB below full scale; null: silence. */
  readonly levelDb: number | null;
  /** The recording of an admin's that is heard; null: the program's. */
  readonly version: number | null;
  /** A recording of an admin's is not heard, since the text has changed since it was put live. */
  readonly isOutdated: boolean;
}

/** With all versions, the newest first, and who has put what live. */
export interface PromptHistory extends PromptFacts {
  readonly versions: readonly Version[];
  readonly changes: readonly Change[];
}

/**
 * Whether what is put live is heard: `plays`; `elsewhere`: Asterisk plays from another folder; `unknown`: Asterisk is not
 * reached; `fixed`: the store cannot be written, and `why` says why.
 */
export interface StoreState {
  readonly kind: 'plays' | 'elsewhere' | 'unknown' | 'fixed';
  readonly why?: string;
  readonly hasSox: boolean;
  /** Where Asterisk's sounds must lead to. */
  readonly live: string;
}

/** A recording this many times shorter than the program's has been cut off, or is of another prompt. */
const tooFast = 5;
const toolsStandMs = 60_000;

export class PromptDesk {
  readonly #recordings: LiveRecordings;
  readonly #hasSound: (name: string) => Promise<boolean | null>;
  readonly #hasSox = askSeldom(toolsStandMs, findSox);
  readonly #levels = new Map<string, number | null>();
  #levelsOf = '';

  /** @param hasSound whether Asterisk has this sound; null: it cannot be asked */
  constructor(recordings: LiveRecordings, hasSound: (name: string) => Promise<boolean | null>) {
    this.#recordings = recordings;
    this.#hasSound = hasSound;
  }

  /** Of what is live now, ms; 0 for none. */
  lengthMs(sound: string): number {
    return this.#recordings.lengths.get(sound) ?? 0;
  }

  /** @throws ScriptError */
  async list(): Promise<PromptFacts[]> {
    const { prompts } = await readScript(this.#recordings.places.program);
    const { own } = await readLiveState(this.#recordings.places.directory);
    return Promise.all(prompts.map((prompt) => this.#factsOf(prompt, own[soundOf(prompt)])));
  }

  /** Null: there is no such prompt. */
  async read(name: string): Promise<PromptHistory | null> {
    const facts = (await this.list()).find((prompt) => prompt.name === name);
    if (facts === undefined) return null;
    const { directory } = this.#recordings.places;
    const { changes } = await readLiveState(directory);
    return {
      ...facts,
      versions: await new Versions(directory).list(facts.sound),
      changes: changes.filter(({ sound }) => sound === facts.sound),
    };
  }

  /**
   * What is heard of a prompt by a phone with wideband, as samples of 16 bits.
   *
   * @param which a version, the program's own, or what is live
   * @returns undefined if there is no such version
   */
  async samples(sound: string, which: number | 'program' | 'live'): Promise<Buffer | undefined> {
    const { directory, program } = this.#recordings.places;
    if (typeof which === 'number') {
      const versions = new Versions(directory);
      const isThere = (await versions.read(sound, which)) !== undefined;
      return isThere ? readFile(`${versions.pathOf(sound, which)}.sln16`) : undefined;
    }
    return readFile(join(which === 'program' ? program : this.#recordings.folder, `${sound}.sln16`));
  }

  /** The same as a WAV. */
  async wav(sound: string, which: number | 'program' | 'live'): Promise<Buffer | undefined> {
    const samples = await this.samples(sound, which);
    return samples === undefined ? undefined : wavOf(samples, wideRate);
  }

  /** @throws RefusedUpload; RecordingFailed */
  async make({ name, sound }: Pick<PromptFacts, 'name' | 'sound'>, bytes: Uint8Array): Promise<Recording> {
    const recording = await makeFromUpload({ bytes, isDigit: isDigit({ name }) });
    const spoken = await this.samples(sound, 'program');
    if (recording.sln16.length < (spoken?.length ?? 0) / tooFast) throw new RefusedUpload('too-short');
    return recording;
  }

  /** Keeps it, beside all others. @throws StoreNotWritable */
  async keep(prompt: PromptFacts, recording: Recording, by: string): Promise<Version> {
    return keepVersion(this.#recordings.places, prompt.sound, recording, { says: prompt.text ?? '', by });
  }

  /** As {@link putLive}; callers hear it, and this process knows its length, when it has resolved. */
  async putLive(sound: string, version: number | null, by: string): Promise<boolean> {
    const isLive = await putLive(this.#recordings.places, sound, version, by);
    await this.#recordings.refresh();
    return isLive;
  }

  async state(): Promise<StoreState> {
    const { whyFixed, marker, places } = this.#recordings;
    const about = { hasSox: await this.#hasSox(), live: join(places.directory, 'live') };
    if (whyFixed !== null) return { kind: 'fixed', why: whyFixed, ...about };
    const isHeard = marker === undefined ? null : await this.#hasSound(marker);
    return { kind: isHeard === null ? 'unknown' : isHeard ? 'plays' : 'elsewhere', ...about };
  }

  async #factsOf(
    prompt: ScriptEntry,
    chosen: { readonly version: number; readonly says: string } | undefined,
  ): Promise<PromptFacts> {
    const sound = soundOf(prompt);
    const isHeard = chosen !== undefined && chosen.says === prompt.text;
    return {
      ...{ name: prompt.name, sound, when: prompt.when, text: prompt.text },
      lengthMs: this.lengthMs(sound),
      levelDb: prompt.text === undefined ? null : await this.#levelOf(sound),
      version: isHeard ? chosen.version : null,
      isOutdated: chosen !== undefined && !isHeard,
    };
  }

  async #levelOf(sound: string): Promise<number | null> {
    if (this.#levelsOf !== this.#recordings.seen) this.#levels.clear();
    this.#levelsOf = this.#recordings.seen;
    const known = this.#levels.get(sound);
    if (known !== undefined) return known;
    const samples = await this.samples(sound, 'live').catch(() => undefined);
    const level = samples === undefined ? null : loudnessOf(samples, wideRate);
    this.#levels.set(sound, level);
    return level;
  }
}

async function findSox(): Promise<boolean> {
  return runTool('sox', ['--version']).then(
    () => true,
    (error: unknown) => !(error instanceof ToolUnavailable),
  );
}
