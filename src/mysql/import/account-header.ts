/** The first line of an import file: which column is where, and what stands between them. */
import { readCell } from './cell-text.ts';
import { separatorNames, separators, splitLine, type Separator } from './csv-line.ts';

/** The columns of an import file, in any order. Only the first two must be there. */
export const importColumns = ['bhxh_code', 'phone', 'password_hash', 'personal_id'] as const;
export type ImportColumn = (typeof importColumns)[number];

/** The position of each column; -1 for one that is absent. Columns from `width` on have no name. */
export type Header = Record<ImportColumn, number> & { width: number; separator: Separator };

export const expectedHeader =
  'expected UTF-8 text whose first line is bhxh_code,phone, with password_hash and personal_id if they are wanted';

/** `sep=;`, by which Excel is told what stands between the columns. */
const separatorLine = /^"?sep=([,;|\t])"?[,;|\t]*$/i;

/** What a line before the header says of the separator; null if it is no such line. */
export function readSeparatorLine(line: string): Separator | null {
  return (separatorLine.exec(line)?.[1] ?? null) as Separator | null;
}

/** The header's column positions, or why this line is no header. Repeats nothing of it: it may be a citizen's. */
export function readHeader(line: string, separator: Separator | null): Header | { reason: string } {
  if (line.includes('\uFFFD') || line.includes('\0')) return { reason: 'it is not UTF-8' };
  if (line.includes('\r')) return { reason: 'its lines end with CR alone, and LF or CRLF is expected' };
  const tried = (separator === null ? separators : [separator]).map((mark) => tryHeader(line, mark));
  return tried.find((result) => !('reason' in result)) ?? tried.toSorted((a, b) => known(b) - known(a))[0]!;
}

type Failed = { reason: string; known: number };
const known = (result: Header | Failed) => ('known' in result ? result.known : Infinity);

function tryHeader(line: string, separator: Separator): Header | Failed {
  const fields = splitLine(line, separator);
  if ('reason' in fields) return { ...fields, known: 0 };
  const names = fields.map((name) => readCell(name).toLowerCase().replace(/[ -]+/g, '_'));
  while (names.at(-1) === '') names.pop();
  const positions = importColumns.map((name) => [name, names.indexOf(name)] as const);
  const reason = describeFault(line, names, separator);
  if (reason !== null) return { reason, known: positions.filter(([, position]) => position >= 0).length };
  const columns = Object.fromEntries(positions) as Record<ImportColumn, number>;
  return { ...columns, width: names.length, separator };
}

function describeFault(line: string, names: readonly string[], separator: Separator): string | null {
  const missing = ['bhxh_code', 'phone'].filter((name) => !names.includes(name));
  if (missing.length === 2)
    return /[0-9]{6}/.test(line)
      ? 'it looks like the line of a citizen'
      : 'it names neither bhxh_code nor phone';
  const between = `; ${separatorNames[separator]} separate its columns`;
  if (missing.length > 0) return `it has no column ${missing.join()}${between}`;
  const unknown = names.findIndex(
    (name) => name !== '' && !(importColumns as readonly string[]).includes(name),
  );
  if (unknown >= 0) return `its column ${unknown + 1} is not known${between}`;
  const named = names.filter((name) => name !== '');
  return new Set(named).size === named.length ? null : 'a column is there twice';
}
