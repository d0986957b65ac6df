import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { ExpectedError } from '../expected-error.ts';
import { mispronounced } from './pronunciations.ts';

/** Useful speeds of espeak-ng, in words a minute: below 80 nothing changes, above 300 nobody can follow. */
const wordsAMinute = z.int().min(80).max(300);
const ms = z.int().min(20).max(60_000);
const words = z.string().trim().min(1).max(300);
/** The names of phonemes belong to the pronunciations: a text is what people read in the documents. */
const text = words.regex(/^[^[\]]*$/, 'expected words; how one of them is said goes to pronunciations');

const pronunciations = z.record(z.string().regex(/^[\p{L}\p{N}]+( [\p{L}\p{N}]+)*$/u), words, {
  error: ({ code }) =>
    code === 'invalid_key'
      ? 'expected what stands in a text: words or numbers, with single blanks between them'
      : undefined,
});

const voice = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9+-]*$/i, 'expected the name of an espeak-ng voice, such as vi'),
  speed: wordsAMinute,
  pitch: z.int().min(0).max(99),
  digitSpeed: wordsAMinute,
  digitMs: z.tuple([ms, ms]).refine(([low, high]) => low < high, 'expected [shortest, longest]'),
});

const entry = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^(digits\/[0-9]|[a-z0-9]+(-[a-z0-9]+)*)$/,
        'expected digits/<0-9>, or lower-case letters, digits and single dashes',
      ),
    when: z.string().trim().min(1),
    text: text.optional(),
    speed: wordsAMinute.optional(),
    silenceMs: ms.optional(),
  })
  .refine(
    (e) => (e.text === undefined) !== (e.silenceMs === undefined),
    'either text or silenceMs is required, not both',
  )
  .refine(
    (e) => e.silenceMs === undefined || e.speed === undefined,
    'silence has no speed: remove it, or replace silenceMs by text',
  );

const script = z
  .strictObject({ voice, pronunciations: pronunciations.default({}), prompts: z.array(entry).min(1) })
  .refine(({ prompts }) => new Set(prompts.map((p) => p.name)).size === prompts.length, {
    path: ['prompts'],
    error: ({ input }) => `each name must be unique, but these are repeated: ${listRepeated(input)}`,
  })
  .superRefine(({ pronunciations, prompts }, context) => {
    for (const [i, { text = '' }] of prompts.entries())
      for (const written of mispronounced(text, pronunciations))
        context.addIssue({
          code: 'custom',
          path: ['prompts', i, 'text'],
          message: describeMispronounced(written),
        });
  });

/** One prompt of the script: spoken `text`, or silence for `silenceMs`. */
export type ScriptEntry = z.infer<typeof entry>;
/** The synthetic voice: espeak-ng name, words a minute, pitch 0–99. `digitMs` is [shortest, longest]. */
export type Voice = z.infer<typeof voice>;
/** The content of `prompts.yaml`. */
export type Script = z.infer<typeof script>;

/** `prompts.yaml` cannot be used. The message has a line for each fault: which prompt, and what is allowed. */
export class ScriptError extends ExpectedError {
  override readonly name = 'ScriptError';
}

/** Whether it is a digit of the password: that is said more slowly. */
export const isDigit = ({ name }: Pick<ScriptEntry, 'name'>): boolean => name.startsWith('digits/');

/** The sound made from an entry, as Asterisk and `Channel.play` name it: `hotline/menu`, `digits/7`. */
export function soundOf(entry: Pick<ScriptEntry, 'name'>): string {
  return isDigit(entry) ? entry.name : `hotline/${entry.name}`;
}

/**
 * Reads `<directory>/prompts.yaml`.
 *
 * @param directory the folder of a language, such as `sounds/vi`
 * @throws {ScriptError} when it is missing, not YAML, or breaks a rule
 */
export async function readScript(directory: string): Promise<Script> {
  const file = join(directory, 'prompts.yaml');
  const yaml = await readFile(file, 'utf8').catch((cause: Error) => {
    throw new ScriptError(`${file} cannot be read: ${cause.message}`, { cause });
  });
  return parseScript(yaml, file);
}

/**
 * Parses and checks a script.
 *
 * @param file name to use in messages
 * @throws {ScriptError} naming every wrong entry and what is allowed
 */
export function parseScript(yaml: string, file = 'prompts.yaml'): Script {
  // Vietnamese letters may be composed or decomposed; espeak-ng reads only composed ones.
  const raw = parseYaml(yaml.normalize('NFC'), file);
  const result = script.safeParse(raw);
  if (result.success) return result.data;
  const faults = result.error.issues.map(
    ({ path, message }) => `${file}: ${describePlace(path, raw)}: ${message}`,
  );
  throw new ScriptError(faults.join('\n'));
}

function parseYaml(yaml: string, file: string): unknown {
  try {
    return parse(yaml);
  } catch (cause) {
    if (cause instanceof YAMLParseError) throw new ScriptError(`${file}: ${cause.message}`, { cause });
    throw cause;
  }
}

/** Names an entry by its name: `prompt "menu": speed` instead of `prompts.0.speed`. */
function describePlace(path: readonly PropertyKey[], raw: unknown): string {
  const [top, index, ...field] = path;
  if (top !== 'prompts' || typeof index !== 'number') return path.join('.') || 'the file';
  const name = (raw as { prompts: { name?: unknown }[] }).prompts[index]?.name;
  return [`prompt "${typeof name === 'string' ? name : `number ${index + 1}`}"`, ...field.map(String)].join(
    ': ',
  );
}

function describeMispronounced(written: string): string {
  return `the voice would mispronounce "${written}": write it in words, or add it to pronunciations with how it is said`;
}

function listRepeated(input: unknown): string {
  const names = (input as Script).prompts.map((p) => p.name);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].join(', ');
}
