/** The part of a file that is ours: between two lines that say so. */

/** What begins a comment: `;` in Asterisk's files, `#` in files of settings. */
export type CommentMark = ';' | '#';

const begin = ' >>> hotline: by "hotline setup"; "hotline setup --undo" takes it out >>>\n';
const end = ' <<< hotline <<<\n';

/** The text with our part at its end, in place of the one that is there. */
export function withBlock(text: string, lines: readonly string[], mark: CommentMark = ';'): string {
  const part = [`${mark}${begin}`, ...lines.map((line) => `${line}\n`), `${mark}${end}`].join('');
  // The line's end before our part belongs to it: so a text without one at its end gets that back, too.
  return `${withoutBlock(text)}\n${part}`;
}

/** The text without our part, to the byte as it was before {@link withBlock}. */
export function withoutBlock(text: string): string {
  const found = findBlock(text);
  return found === undefined ? text : text.slice(0, found.from) + text.slice(found.to);
}

/** The lines of our part; none if there is none. */
export function blockLines(text: string): string[] {
  return findBlock(text)?.lines ?? [];
}

function findBlock(text: string): { from: number; to: number; lines: string[] } | undefined {
  for (const mark of [';', '#']) {
    const first = `\n${mark}${begin}`;
    const from = text.indexOf(first);
    const last = text.indexOf(`\n${mark}${end}`, from + first.length - 1);
    if (from === -1 || last === -1) continue;
    const lines = text
      .slice(from + first.length, last + 1)
      .split('\n')
      .slice(0, -1);
    return { from, to: last + 1 + mark.length + end.length, lines };
  }
  return undefined;
}
