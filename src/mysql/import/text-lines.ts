/** The lines of a text file, numbered as an editor numbers them. */
import { TextDecoder } from 'node:util';
import { ImportFailed } from './import-error.ts';

export interface TextLine {
  /** From 1. */
  number: number;
  /** Without its line break; only the beginning of a line that is too long. */
  text: string;
  tooLong: boolean;
}

/** How files begin that are no text (their publishers' file format documents). */
const notText: readonly (readonly [number[], string])[] = [
  [[0x50, 0x4b, 0x03, 0x04], 'an Excel workbook or another zip file'],
  [[0xd0, 0xcf, 0x11, 0xe0], 'an old Excel workbook'],
  [[0x1f, 0x8b], 'a gzip file'],
  [[0x25, 0x50, 0x44, 0x46], 'a PDF document'],
];

/**
 * Each line ends with LF or CRLF, also mixed; the last one may lack it. UTF-8, or UTF-16 as spreadsheets
 * write it; what is neither shows as U+FFFD. Memory is bounded by `maxLength`, whatever the file holds.
 *
 * @throws ImportFailed if the file is not text
 */
export async function* readLines(chunks: AsyncIterable<Buffer>, maxLength: number): AsyncGenerator<TextLine> {
  let decoder: TextDecoder | undefined;
  let rest = '';
  let number = 0;
  const line = (text: string): TextLine => ({
    number: ++number,
    text: text.slice(0, maxLength).replace(/(?<!\r)\r+$/, ''),
    tooLong: text.length > maxLength,
  });
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(encodingOf(chunk));
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop()!.slice(0, maxLength + 1); // still too long, whatever follows
    for (const part of parts) yield line(part);
  }
  rest += decoder?.decode() ?? '';
  if (rest !== '') yield line(rest);
}

/** By the byte order mark, or by the zero in one of the first two bytes, which are ASCII in any header. */
function encodingOf(chunk: Buffer): string {
  const kind = notText.find(([bytes]) => bytes.every((byte, index) => chunk[index] === byte))?.[1];
  if (kind !== undefined)
    throw new ImportFailed(`The file is ${kind}, not CSV: save or unpack it as CSV in UTF-8`);
  const [first = 0, second = 0] = chunk;
  if ((first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && chunk.length > 1))
    return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
