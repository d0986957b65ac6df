/** The parts of the documents that are generated from the code, and where each goes. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScript } from '../../src/recordings/script.ts';
import { renderReport } from '../bench/report.ts';
import type { BenchResult } from '../bench/result.ts';
import type { ScaleResult } from '../scale/result.ts';
import { renderScale } from '../scale/table.ts';
import { capacityTables } from '../capacity/tables.ts';
import { adviceTables } from './advice-tables.ts';
import { callPaths } from './call-paths.ts';
import { drawPaths, tabulatePaths } from './call-picture.ts';
import { tabulateSeconds } from './call-seconds.ts';
import { menuPaths, operatorPrompts } from './menu-paths.ts';
import { faulty, ordinary, summary } from './scenarios.ts';
import { timedPaths } from './timed-paths.ts';
import type { Step } from './trace.ts';
import { settingsTables } from './settings-tables.ts';

/** The top folder of this repository. */
export const checkout = join(import.meta.dirname, '../..');
/** Characters in a line of a box. */
const lineLength = 44;

type Part = () => Promise<string>;

/** For each document, its parts by the name in their marks. */
const parts: Record<string, Readonly<Record<string, Part>>> = {
  'README.md': { call: summaryTable },
  'docs/call-flow.md': {
    picture: () => picture([...ordinary, ...faulty]),
    seconds: () => tabulateSeconds(checkout),
  },
  'docs/capacity.md': capacityTables,
  'docs/complaints.md': adviceTables,
  'docs/settings.md': { settings: async () => settingsTables() },
};
/** Files that are generated as a whole. */
const whole: Record<string, Part> = { 'src/call/paths/call-paths.json': timedPaths, ...measurements() };

/** The documents with generated parts. */
export const documents = [...Object.keys(parts), ...Object.keys(whole)];

/**
 * A document as it should be: the text between the marks `<!-- made: NAME … -->` and
 * `<!-- end: NAME -->` replaced by what the code says now.
 *
 * @param root the folder of the documents, if not this checkout
 * @throws Error when a mark is missing
 */
export async function currentText(document: string, root = checkout): Promise<string> {
  if (whole[document] !== undefined) return whole[document]();
  let text = readFileSync(join(root, document), 'utf8');
  for (const [name, part] of Object.entries(parts[document] ?? {})) {
    const pattern = new RegExp(`(<!-- made: ${name}\\b[^>]*-->\n)[^]*(<!-- end: ${name} -->)`);
    if (!pattern.test(text)) throw new Error(`${document} has no marks for ${name}`);
    const made = await part();
    text = text.replace(pattern, (_, start: string, end: string) => `${start}\n${made}\n\n${end}`);
  }
  return text;
}

/** Writes every document with its generated parts as they are now. */
export async function writeDocuments(root: string): Promise<void> {
  for (const document of documents) writeFileSync(join(root, document), await currentText(document, root));
}

/** The documents in which a generated part is not what the code says now. */
export async function findStaleDocuments(root: string): Promise<string[]> {
  const stale: string[] = [];
  for (const document of documents)
    if (readFileSync(join(root, document), 'utf8') !== (await currentText(document, root)))
      stale.push(document);
  return stale;
}

/** What `make bench` and tools/scale have written beside their raw figures. */
function measurements(): Record<string, Part> {
  const read = (name: string) =>
    JSON.parse(readFileSync(join(checkout, 'docs/bench', name), 'utf8')) as unknown;
  const scale = renderScale(read('scale.json') as ScaleResult);
  const files = Object.entries({ ...renderReport(read('results.json') as BenchResult), 'scale.md': scale });
  return Object.fromEntries(files.map(([name, text]) => [`docs/bench/${name}`, () => Promise.resolve(text)]));
}

/** The call on one screen: no wrong keys, no silence, no faults; asking again counts as the first question. */
async function summaryTable(): Promise<string> {
  const spoken = await readWords();
  const asked = (step: Step): Step =>
    'heard' in step && step.heard === 'enter-again' ? { heard: 'enter-code-10' } : step;
  const paths = (await callPaths(summary)).map((path) => path.map(asked));
  const menuKeys = menuPaths().filter(
    ([, step]) => step !== undefined && 'led' in step && /^\d$/.test(step.led),
  );
  return tabulatePaths([...paths, ...menuKeys], (prompt) => {
    const name = prompt.replace(/ (again|after .*)$/, '');
    if (name === 'reading') return '*the password, digit by digit*';
    if (name === 'reading slowly') return '*the password once more, slowly*';
    if (name === 'operator') return '*your operators, in their hours; as shipped, that there is none*';
    return `«${spoken(name)}»`;
  });
}

/** What each prompt says, from prompts.yaml. */
async function readWords(): Promise<(prompt: string) => string> {
  const { prompts } = await readScript(join(checkout, 'sounds/vi'));
  const spoken = new Map(prompts.map(({ name, text }) => [name, text ?? '']));
  return (prompt) => spoken.get(prompt) ?? '';
}

async function picture(scenarios: Parameters<typeof callPaths>[0]): Promise<string> {
  const spoken = await readWords();
  const words = (name: string) => wrap(`«${spoken(name)}»`);
  const texts = (prompt: string): string[] => {
    const name = prompt.replace(/ (again|for the database|after .*)$/, '');
    if (name === 'reading') return ['<i>the password, digit by digit</i>'];
    if (name === 'reading slowly') return ['<i>the password once more, slowly</i>'];
    if (name === 'operator') return ['<b>the operator</b>, as shipped:', ...operatorPrompts().flatMap(words)];
    return [`<b>${name}</b>`, ...words(name)];
  };
  return ['```mermaid', drawPaths([...menuPaths(), ...(await callPaths(scenarios))], texts), '```'].join(
    '\n',
  );
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length < lineLength) lines.splice(-1, 1, `${last} ${word}`);
    else lines.push(word);
  }
  return lines;
}
