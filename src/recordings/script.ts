import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, YAMLParseError } from 'yaml';
import { z } from 'zod';
import { ExpectedError } from '../expected-error.ts';

/** Words a minute espeak-ng accepts sensibly: below 80 it changes nothing, above 300 nobody follows. */
const wordsAMinute = z.int().min(80).max(300);
const ms = z.int().min(20).max(60_000);
/** Vietnamese letters come composed or decomposed; espeak-ng reads the composed ones. */
const words = z
  .string()
  .trim()
  .min(1)
  .max(300)
  .transform((text) => text.normalize('NFC'));

const voice = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9+-]*$/i, 'an espeak-ng voice such as vi'),
  speed: wordsAMinute,
  pitch: z.int().min(0).max(99),
  digitSpeed: wordsAMinute,
  digitMs: z.tuple([ms, ms]).refine(([low, high]) => low < high, 'the shorter time first'),
});

const entry = z
  .strictObject({
    name: z
      .string()
      .regex(
        /^(digits\/[0-9]|[a-z0-9]+(-[a-z0-9]+)*)$/,
        'digits/<0-9>, or small letters, digits and single dashes',
      ),
    when: z.string().trim().min(1),
    text: words.optional(),
    spoken: words.optional(),
    speed: wordsAMinute.optional(),
    silenceMs: ms.optional(),
  })
  .refine((e) => (e.text === undefined) !== (e.silenceMs === undefined), 'either text or silenceMs, not both')
  .refine(
    (e) => e.silenceMs === undefined || (e.spoken === undefined && e.speed === undefined),
    'silence has neither spoken nor speed',
  );

const script = z
  .strictObject({ voice, prompts: z.array(entry).min(1) })
  .refine(({ prompts }) => new Set(prompts.map((p) => p.name)).size === prompts.length, {
    path: ['prompts'],
    error: ({ input }) => `every name once, but twice there: ${twice(input)}`,
  });

/** One line of the script: `text` (said) or `silenceMs` (nothing, that long). */
export type ScriptEntry = z.infer<typeof entry>;
/** The synthetic voice: espeak-ng voice name, words a minute, pitch 0–99; `digitMs` is [shortest, longest] in ms. */
export type Voice = z.infer<typeof voice>;
/** The whole of `prompts.yaml`. */
export type Script = z.infer<typeof script>;

/** `prompts.yaml` cannot be used. The message has one line a fault, with the entry's name and what is allowed. */
export class ScriptError extends ExpectedError {
  override readonly name = 'ScriptError';
}

/** The sound that is made from an entry, as Asterisk and `Channel.play` name it: `hotline/menu`, `digits/7`. */
export function soundOf(entry: Pick<ScriptEntry, 'name'>): string {
  return entry.name.startsWith('digits/') ? entry.name : `hotline/${entry.name}`;
}

/**
 * Reads `<directory>/prompts.yaml`.
 *
 * @param directory a language's folder, `sounds/vi`
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
 * Checks the text of a script.
 *
 * @param file name used in messages
 * @throws {ScriptError} naming every entry at fault and what is allowed
 */
export function parseScript(yaml: string, file = 'prompts.yaml'): Script {
  const raw = parseYaml(yaml, file);
  const result = script.safeParse(raw);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => `${file}: ${place(path, raw)}: ${message}`);
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

/** `prompt "menu": speed` instead of `prompts.0.speed`: an entry is known by its name. */
function place(path: readonly PropertyKey[], raw: unknown): string {
  const [top, index, ...field] = path;
  if (top !== 'prompts' || typeof index !== 'number') return path.join('.') || 'the file';
  const name = (raw as { prompts: { name?: unknown }[] }).prompts[index]?.name;
  return [`prompt "${typeof name === 'string' ? name : `number ${index + 1}`}"`, ...field.map(String)].join(
    ': ',
  );
}

function twice(input: unknown): string {
  const names = (input as Script).prompts.map((p) => p.name);
  return [...new Set(names.filter((name, i) => names.indexOf(name) !== i))].join(', ');
}
