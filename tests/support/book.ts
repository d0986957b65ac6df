/** What the documents tell people to type, or to write into a file. Tests do it to the letter. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const docs = join(import.meta.dirname, '../../docs');

/**
 * The blocks of one language below a heading, or below a paragraph that begins in bold type, up to the next of
 * either.
 *
 * @param begin how its first line begins: `## Point a trunk at it`, `**1. Dialplan.**`
 * @param language as it stands behind the fence: `sh`, `ini`; empty where nothing does
 * @throws Error if there is no such place, or no such block
 */
export function snippets(document: string, begin: string, language: string): string[] {
  const blocks: { language: string; lines: string[] }[] = [];
  let isBelow = false;
  let open: string[] | undefined;
  for (const line of readFileSync(join(docs, document), 'utf8').split('\n')) {
    const fence = /^```(\w*)$/.exec(line);
    if (fence !== null) {
      open = open === undefined ? [] : undefined;
      if (isBelow && open !== undefined) blocks.push({ language: fence[1]!, lines: open });
    } else if (open !== undefined) open.push(line);
    else if (/^(#|\*\*)/.test(line)) isBelow = line.startsWith(begin);
  }
  const found = blocks.filter((block) => block.language === language);
  if (found.length === 0) throw new Error(`docs/${document} has no ${language} block below "${begin}"`);
  return found.map(({ lines }) => lines.map((line) => `${line}\n`).join(''));
}

/** The only block of its language there. */
export function snippet(document: string, begin: string, language: string): string {
  const [only = '', ...more] = snippets(document, begin, language);
  if (more.length > 0) throw new Error(`docs/${document} has several ${language} blocks below "${begin}"`);
  return only;
}

/** The commands of a block for a shell, one a line, without their comments. */
export function commandsOf(block: string): string[] {
  return block
    .split('\n')
    .map((line) => line.replace(/(^|\s)#.*/, '').trim())
    .filter((line) => line !== '');
}

/** The settings of a block for a file of Asterisk, by their sections: `[section, setting, value]`. */
export function settingsOf(block: string): [section: string, setting: string, value: string][] {
  let section = '';
  return block.split('\n').flatMap((line) => {
    const text = line.replace(/(?<!\\);.*/, '').trim();
    section = /^\[(.+)\]$/.exec(text)?.[1] ?? section;
    const [, setting, value] = /^([^=[]+?)\s*=>?\s*(.*)$/.exec(text) ?? [];
    return setting === undefined ? [] : [[section, setting, value!]];
  });
}
