/** What happened in a call, in order, and its rendering as text. */
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { z } from 'zod';
import type { EndedBy } from './sip-leg.ts';

/** A recording that was heard. `endedAtMs` and `complete` are set when it has ended. */
export interface HeardEntry {
  readonly kind: 'heard';
  /** When it started. All times here are ms after the answer. */
  readonly atMs: number;
  /** `hotline/menu`, `digits/7`. */
  readonly name: string;
  readonly endedAtMs?: number;
  /** True when it was heard to its last frame, false when it was cut off. */
  readonly complete?: boolean;
}

/** Keys that were pressed. */
export interface KeyedEntry {
  readonly kind: 'keyed';
  readonly atMs: number;
  /** More than four keys are masked in the middle. */
  readonly keys: string;
  /** When the last key was released; not set before. */
  readonly endedAtMs?: number;
}

/** The phone took no sound. */
export interface HeldEntry {
  readonly kind: 'held';
  readonly atMs: number;
  /** When the phone took sound again; not set before. */
  readonly endedAtMs?: number;
  /** The PBX refused the hold: the phone goes on, in the middle of what it heard. */
  readonly wasRefused?: boolean;
}

/** One event of a call. `unknown` is sound that belongs to no recording. */
export type TranscriptEntry =
  | HeardEntry
  | KeyedEntry
  | HeldEntry
  | { readonly kind: 'unknown'; readonly atMs: number }
  | { readonly kind: 'ended'; readonly atMs: number; readonly by: EndedBy };

/** Spoken text by the name of the recording, such as `hotline/menu`. */
export type PromptTexts = ReadonlyMap<string, string>;

const script = z.object({
  prompts: z.array(z.object({ name: z.string(), text: z.string().optional() })),
});

/** Reads `prompts.yaml`, which names every prompt except the digits without its folder `hotline/`. */
export async function readPromptTexts(file: string): Promise<Map<string, string>> {
  const { prompts } = script.parse(parse(await readFile(file, 'utf8')));
  return new Map(
    prompts.map(({ name, text }) => [name.includes('/') ? name : `hotline/${name}`, text ?? '']),
  );
}

/** Masks all but the first and last two of more than four keys: enough to recognise one's own code. */
export function maskKeys(keys: string): string {
  return keys.length <= 4 ? keys : `${keys.slice(0, 2)}${'*'.repeat(keys.length - 4)}${keys.slice(-2)}`;
}

/** Formats 62,345 ms as `01:02.3`. */
export function formatTime(ms: number): string {
  const tenths = Math.floor(Math.max(0, ms) / 100);
  const minutes = Math.floor(tenths / 600);
  const seconds = ((tenths % 600) / 10).toFixed(1);
  return `${String(minutes).padStart(2, '0')}:${seconds.padStart(4, '0')}`;
}

const endings: Readonly<Record<EndedBy, string>> = {
  caller: 'you hung up',
  pbx: 'the hotline hung up',
  lost: 'the hotline no longer answers',
};

/** The digit spoken by a recording, or undefined if it is not a digit. */
export function digitOf(name: string): string | undefined {
  return /^digits\/(\d)$/.exec(name)?.[1];
}

function describe(entry: TranscriptEntry, texts: PromptTexts): string {
  switch (entry.kind) {
    case 'heard': {
      const text = texts.get(entry.name);
      return `heard  ${entry.name}${text ? `  «${text}»` : ''}${entry.complete === false ? '  (cut off)' : ''}`;
    }
    case 'keyed':
      return `keyed  ${entry.keys}`;
    case 'held':
      return `held   ${entry.wasRefused ? 'refused by the hotline' : 'the phone takes no sound'}`;
    case 'unknown':
      return 'heard  something that is not a recording of the hotline';
    case 'ended':
      return `ended  ${endings[entry.by]}`;
  }
}

/** Groups entries into lines; consecutive digits share one, and so does sound that belongs to no recording. */
function groupIntoLines(entries: readonly TranscriptEntry[]): TranscriptEntry[][] {
  const grouped: TranscriptEntry[][] = [];
  const isDigit = (entry?: TranscriptEntry): boolean =>
    entry?.kind === 'heard' && digitOf(entry.name) !== undefined;
  for (const entry of entries) {
    const last = grouped.at(-1);
    const isMore = isDigit(entry)
      ? isDigit(last?.[0])
      : entry.kind === 'unknown' && last?.[0]?.kind === 'unknown';
    if (last && isMore) last.push(entry);
    else grouped.push([entry]);
  }
  return grouped;
}

/** Renders a transcript as lines of time, event, and recording with its text. */
export function renderTranscript(
  entries: readonly TranscriptEntry[],
  texts: PromptTexts = new Map(),
): string[] {
  return groupIntoLines(entries).map((group) => {
    const [first] = group;
    if (!first) return '';
    const digits = group.map((entry) => (entry.kind === 'heard' ? digitOf(entry.name) : undefined));
    const said = digits[0] === undefined ? describe(first, texts) : `heard  digits  ${digits.join(' ')}`;
    return `${formatTime(first.atMs)}  ${said}`;
  });
}
