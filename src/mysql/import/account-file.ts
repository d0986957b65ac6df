/** Reads an import file as a stream of lines. */
import type { ReadStream } from 'node:fs';
import { expectedHeader, readHeader, readSeparatorLine, type Header } from './account-header.ts';
import { readAccountLine, type AccountLine, type LineFault, type LineRules } from './account-line.ts';
import { splitLine, type Separator } from './csv-line.ts';
import { ImportFailed } from './import-error.ts';
import { readLines, type TextLine } from './text-lines.ts';

/** What a line says, and its number. */
export type NumberedLine = { line: number } & (AccountLine | LineFault);

/** No real line comes near this. */
const longestLine = 2000;

const lengthFault = `it is longer than ${longestLine} characters`;

/** Of nothing but separators and blanks, as spreadsheets write below a table. */
const emptyLine = /^[\s,;|"]*$/;

/**
 * The lines after the header, in order, with the numbers an editor shows. Lines end with LF or CRLF,
 * also mixed. Fields may be quoted (RFC 4180) but do not hold line breaks. Columns are separated by
 * commas, or by what the header or a line `sep=` before it has. Empty lines are skipped.
 *
 * @throws ImportFailed if the file is not of this form. A fault within a line does not count: it is
 * returned as a {@link LineFault}, and the next line is read as if it had not been there.
 */
export async function* readAccountFile(file: ReadStream, rules: LineRules): AsyncGenerator<NumberedLine> {
  let header: Header | null = null;
  let separator: Separator | null = null;
  let count = 0;
  try {
    for await (const line of readLines(file, longestLine)) {
      if (!line.tooLong && emptyLine.test(line.text)) continue;
      if (header !== null) {
        count++;
        yield { line: line.number, ...readLine(line, header, rules) };
        continue;
      }
      const announced: Separator | null = separator === null ? readSeparatorLine(line.text) : null;
      if (announced === null) header = requireHeader(line, separator);
      else separator = announced;
    }
  } finally {
    file.destroy();
  }
  if (header === null) throw new ImportFailed(`The file is empty: ${expectedHeader}`);
  if (count === 0) throw new ImportFailed('The file has a header and no line after it');
}

function requireHeader({ number, text, tooLong }: TextLine, separator: Separator | null): Header {
  const header = tooLong && !text.includes('\r') ? { reason: lengthFault } : readHeader(text, separator);
  if (!('reason' in header)) return header;
  throw new ImportFailed(`Line ${number} is not the header (${header.reason}): ${expectedHeader}`);
}

function readLine({ text, tooLong }: TextLine, header: Header, rules: LineRules): AccountLine | LineFault {
  if (text.includes('\r'))
    return { column: '', reason: 'a carriage return within the line: lines end with LF or CRLF' };
  if (tooLong) return { column: '', reason: lengthFault };
  const fields = splitLine(text, header.separator);
  return 'reason' in fields ? { column: '', ...fields } : readAccountLine(fields, header, rules);
}
