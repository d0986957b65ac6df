/** Reads an import file as a stream of lines. */
import type { ReadStream } from 'node:fs';
import { CsvError, parse } from 'csv-parse';
import {
  readAccountLine,
  readHeader,
  type AccountLine,
  type Header,
  type LineFault,
} from './account-line.ts';
import { ImportFailed } from './import-error.ts';

/** What a line says, and its number. */
export type NumberedLine = { line: number } & (AccountLine | LineFault);

/** No real line comes near this; after an unclosed quotation mark it is soon exceeded. */
const longestLine = 2000;

const expectedHeader =
  'expected UTF-8 text whose first line is bhxh_code,phone or bhxh_code,phone,password_hash, separated by commas';

/**
 * The lines after the header, in order. Lines may end with LF or CRLF, fields may be quoted
 * (RFC 4180), a byte order mark is skipped, and so are empty lines.
 *
 * @throws ImportFailed if the file is not of this form. A fault within a field does not count: it is
 * returned as a {@link LineFault}. A misplaced quotation mark does, since after it there is no telling
 * where lines begin.
 */
export async function* readAccountFile(
  file: ReadStream,
  codeLengths: readonly number[],
): AsyncGenerator<NumberedLine> {
  const options = {
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: longestLine,
  };
  const records = file.pipe(parse(options));
  file.once('error', (error) => records.destroy(error)); // pipe() does not pass errors on
  let header: Header | null = null;
  let count = 0;
  try {
    for await (const { record, info } of records as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      if (header === null) {
        header = readHeader(record);
        if (header === null)
          throw new ImportFailed(`Line ${info.lines} is not the header: ${expectedHeader}`);
        continue;
      }
      count++;
      yield { line: info.lines, ...readAccountLine(record, header, codeLengths) };
    }
  } catch (error) {
    throw error instanceof CsvError ? new ImportFailed(describeCsvError(error)) : error;
  } finally {
    file.destroy();
  }
  if (header === null) throw new ImportFailed(`The file is empty: ${expectedHeader}`);
  if (count === 0) throw new ImportFailed('The file has a header and no line after it');
}

/** csv-parse's own messages quote the file. */
function describeCsvError(error: CsvError): string {
  const line = Number((error as CsvError & { lines?: number }).lines);
  if (line === 1) return `Line 1 is not the header: ${expectedHeader}`;
  if (error.code === 'CSV_QUOTE_NOT_CLOSED')
    return `A quotation mark is opened near line ${line} and never closed`;
  if (error.code === 'CSV_MAX_RECORD_SIZE')
    return `Line ${line} is longer than ${longestLine} characters, or a quotation mark in it is never closed`;
  return `Line ${line} has a quotation mark in a wrong place: quote the whole field and double the marks in it`;
}
