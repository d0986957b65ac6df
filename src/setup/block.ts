/** The part of a file that is ours: between two lines that say so. */
import { ExpectedError } from '../expected-error.ts';
import { inBytes, type Bytes } from './bytes.ts';

/** What begins a comment: `;` in Asterisk's files, `#` in files of settings. */
export type CommentMark = ';' | '#';

/** Somebody has changed the lines that enclose our part: nobody can say where it ends. */
export class BlockError extends ExpectedError {
  override readonly name = 'BlockError';
}

const begin = ' >>> hotline: by "hotline setup"; "hotline setup --undo" takes it out >>>\n';
const end = ' <<< hotline <<<\n';
/** Parts of these lines that survive an edit that shortens them or ends them with CRLF. */
const traces = ['>>> hotline:', '<<< hotline <<<'];

/**
 * The file with our part: where it stands, if it says this already; otherwise at the end, where it comes after all else.
 *
 * @param path for the message, here and below
 * @throws BlockError
 */
export function withBlock(
  file: Bytes,
  path: string,
  lines: readonly string[],
  mark: CommentMark = ';',
): Bytes {
  const part = [`${mark}${begin}`, ...lines.map((line) => `${line}\n`), `${mark}${end}`].join('');
  if (blockOf(file, path) === `\n${inBytes(part)}`) return file;
  // The line's end before our part belongs to it: so a file without one at its end gets that back, too.
  return `${withoutBlock(file, path)}\n${inBytes(part)}` as Bytes;
}

/**
 * The text without our part, to the byte as it was before {@link withBlock}.
 *
 * @throws BlockError
 */
export function withoutBlock<T extends string>(text: T, path: string): T {
  const found = findBlock(text, path);
  return found === undefined ? text : ((text.slice(0, found.from) + text.slice(found.to)) as T);
}

/**
 * The text with the lines of our part empty: the others keep their numbers.
 *
 * @throws BlockError
 */
export function hideBlock(text: string, path: string): string {
  const found = findBlock(text, path);
  if (found === undefined) return text;
  const hidden = text.slice(found.from, found.to).replace(/[^\n]+/g, '');
  return text.slice(0, found.from) + hidden + text.slice(found.to);
}

/**
 * Our part, with the lines around it; empty if the file has no such part.
 *
 * @throws BlockError
 */
export function blockOf(file: Bytes, path: string): Bytes {
  const found = findBlock(file, path);
  return (found === undefined ? '' : file.slice(found.from, found.to)) as Bytes;
}

/**
 * The lines of our part; empty if the file has no such part.
 *
 * @throws BlockError
 */
export function blockLines(file: Bytes, path: string): string[] {
  const text = Buffer.from(blockOf(file, path), 'latin1').toString();
  return text.split('\n').slice(2, -2);
}

function findBlock(text: string, path: string): { from: number; to: number } | undefined {
  const [begins, ends] = traces.map((trace) => text.split(trace).length - 1);
  if (begins === 0 && ends === 0) return undefined;
  for (const mark of [';', '#']) {
    const first = `\n${mark}${begin}`;
    const from = text.indexOf(first);
    const last = text.indexOf(`\n${mark}${end}`, from + first.length - 1);
    if (from === -1 || last === -1 || begins !== 1 || ends !== 1) continue;
    return { from, to: last + 1 + mark.length + end.length };
  }
  throw new BlockError(
    `${path}: the lines ">>> hotline: …" and "<<< hotline <<<" around what "hotline setup" wrote were changed: expected one of each, as setup wrote them; put them back, or take the part out by hand`,
  );
}
