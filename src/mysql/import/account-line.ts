/** One line of an import file: what it must look like, and what to say when it does not. */
import { isBhxhCode } from '../../accounts/bhxh-code.ts';
import { importColumns, type Header, type ImportColumn } from './account-header.ts';
import { readCell, unusualContent } from './cell-text.ts';
import { separatorNames, separators, type Separator } from './csv-line.ts';
import type { OldLandlineRule } from './old-landline-rules.ts';
import { readPhoneCell, type PhoneNote } from './phone-cell.ts';

/** What decides how a line is read. */
export interface LineRules {
  /** Accepted numbers of digits of a code. */
  codeLengths: readonly number[];
  landlinesBefore2017: OldLandlineRule;
}

export interface AccountLine {
  bhxhCode: string;
  /** E.164. */
  phone: string;
  /** The file had the mobile number in its form before 2018. */
  renumbered: boolean;
  /** What was assumed about the phone; null if it is clear. */
  note: PhoneNote | null;
  /** Null if the line has none. */
  passwordHash: string | null;
  /** Empty: the person has none. Null: the file does not say. */
  personalId: string | null;
}

/** Why a line cannot be loaded. Names the column, never repeats its content (I6). */
export interface LineFault {
  column: ImportColumn | '';
  reason: string;
}

const personalIdLengths = [12];

/** A PHC or crypt string: `$id$…`. A clear-text password does not look like one. */
const hashForm = /^\$[a-z0-9-]{1,32}\$[A-Za-z0-9/+.,=$-]{1,220}$/;

/** What a line says, or what is wrong with it. @param fields as the file has them */
export function readAccountLine(
  fields: readonly string[],
  header: Header,
  { codeLengths, landlinesBefore2017 }: LineRules,
): AccountLine | LineFault {
  const cells = fields.map(readCell);
  while (cells.length > header.width && cells.at(-1) === '') cells.pop(); // commas that a spreadsheet adds
  if (cells.length > header.width || cells.length <= Math.max(header.bhxh_code, header.phone))
    return { column: '', reason: describeWidthFault(cells, header) };
  const named: number[] = importColumns.map((name) => header[name]);
  const unnamed = cells.findIndex((cell, position) => cell !== '' && !named.includes(position));
  if (unnamed >= 0) return { column: '', reason: `a value in column ${unnamed + 1}, which has no name` };
  const bhxhCode = cells[header.bhxh_code]!;
  if (!isBhxhCode(bhxhCode, codeLengths))
    return { column: 'bhxh_code', reason: describeCodeFault(bhxhCode, codeLengths) };
  const phone = readPhoneCell(cells[header.phone]!, landlinesBefore2017);
  if ('reason' in phone) return { column: 'phone', ...phone };
  const passwordHash = cells[header.password_hash] || null;
  if (passwordHash !== null && !hashForm.test(passwordHash))
    return { column: 'password_hash', reason: 'not a password hash of the form $id$…' };
  const personalId =
    header.personal_id < 0 ? null : readPersonalId(cells[header.personal_id] ?? '', bhxhCode);
  if (typeof personalId === 'object' && personalId !== null) return personalId;
  return { bhxhCode, passwordHash, personalId, ...phone };
}

/** Where the personal ID has become the BHXH code itself, a file may have it in both columns. */
function readPersonalId(cell: string, bhxhCode: string): string | LineFault {
  if (cell === '' || cell === bhxhCode) return '';
  if (isBhxhCode(cell, personalIdLengths)) return cell;
  return { column: 'personal_id', reason: describeCodeFault(cell, personalIdLengths) };
}

/** argon2 hashes contain commas, which split a field that is not quoted. */
function describeWidthFault(cells: readonly string[], header: Header): string {
  const { width, separator } = header;
  const found = `${width} columns expected, ${cells.length} found`;
  if (cells.length > width)
    return header.password_hash >= 0 ? `${found}; a hash that contains commas must be quoted` : found;
  const only = cells.length === 1 ? cells[0]! : '';
  const other = separators.find((mark) => mark !== separator && only.includes(mark));
  if (only.includes(separator)) return `${found}; one pair of quotation marks is around the whole line`;
  return other === undefined ? found : describeSeparatorFault(found, separator, other);
}

function describeSeparatorFault(found: string, separator: Separator, other: Separator): string {
  return `${found}; this line has ${separatorNames[other]}, and ${separatorNames[separator]} separate the header`;
}

/** Spreadsheets drop leading zeros: the most common fault, worth a sentence of its own. */
function describeCodeFault(code: string, lengths: readonly number[]): string {
  const expected = `${lengths.join(' or ')} digits expected`;
  if (code === '') return `empty, ${expected}`;
  if (!/^[0-9]+$/.test(code)) {
    const cause = unusualContent(code);
    return cause === null ? `${expected}, other characters found` : `${expected}, found ${cause}`;
  }
  const hint = code.length < Math.max(...lengths) ? '; a spreadsheet may have dropped leading zeros' : '';
  return `${expected}, ${code.length} found${hint}`;
}
