/** The parts of the documents that are made from the code, and where they go. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readScript } from '../../src/recordings/script.ts';
import { callPaths, faulty, ordinary } from './call-paths.ts';
import { drawPaths } from './call-picture.ts';
import { menuPaths, operatorPrompts } from './menu-paths.ts';
import { settingsTables } from './settings-tables.ts';

const checkout = join(import.meta.dirname, '../..');
/** Letters in a line of a box. */
const lineLength = 44;

type Part = () => Promise<string>;

/** By document: each part by the name in its marks. */
const parts: Record<string, Record<string, Part>> = {
  'README.md': { picture: () => picture(ordinary) },
  'docs/call-flow.md': { picture: () => picture([...ordinary, ...faulty]) },
  'docs/settings.md': { settings: async () => settingsTables() },
};

/** The documents with generated parts. */
export const documents = Object.keys(parts);

/**
 * A document as it should be: what stands between the marks `<!-- made: NAME … -->` and
 * `<!-- end: NAME -->` replaced by what the code says now.
 *
 * @throws Error when a mark is missing
 */
export async function currentText(document: string): Promise<string> {
  let text = readFileSync(join(checkout, document), 'utf8');
  for (const [name, part] of Object.entries(parts[document] ?? {})) {
    const pattern = new RegExp(`(<!-- made: ${name}\\b[^>]*-->\n)[^]*(<!-- end: ${name} -->)`);
    if (!pattern.test(text)) throw new Error(`${document} has no marks for ${name}`);
    const made = await part();
    text = text.replace(pattern, (_, start: string, end: string) => `${start}\n${made}\n\n${end}`);
  }
  return text;
}

/** `make docs` */
export async function writeDocuments(): Promise<void> {
  for (const document of documents) writeFileSync(join(checkout, document), await currentText(document));
}

async function picture(scenarios: Parameters<typeof callPaths>[0]): Promise<string> {
  const { prompts } = await readScript(join(checkout, 'sounds/vi'));
  const spoken = new Map(prompts.map(({ name, text }) => [name, text ?? '']));
  const words = (name: string) => wrap(`«${spoken.get(name) ?? ''}»`);
  const texts = (prompt: string): string[] => {
    const name = prompt.replace(/ (again|on hold|after .*)$/, '');
    if (name === 'reading') return ['<i>the password, digit by digit</i>'];
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
