/** One line of an import file: what it must look like, and what to say when it does not. */
import { isBhxhCode } from '../../accounts/bhxh-code.ts';
import { readPhone } from '../../accounts/phone-number.ts';

/** The columns of an import file, in any order. `password_hash` may be absent. */
const importColumns = ['bhxh_code', 'phone', 'password_hash'] as const;
export type ImportColumn = (typeof importColumns)[number];

/** The position of each column; -1 for an absent `password_hash`. */
export type Header = Record<ImportColumn, number> & { width: number };

export interface AccountLine {
  bhxhCode: string;
  /** E.164. */
  phone: string;
  /** The file had the number in its form before 2018. */
  renumbered: boolean;
  /** Null if the line has none. */
  passwordHash: string | null;
}

/** Why a line cannot be loaded. Names the column, never repeats its content (I6). */
export interface LineFault {
  column: ImportColumn | '';
  reason: string;
}

/** A PHC or crypt string: `$id$…`. A clear-text password does not look like one. */
const hashForm = /^\$[a-z0-9-]{1,32}\$[A-Za-z0-9/+.,=$-]{1,220}$/;

/** The header's column positions; null if `bhxh_code` or `phone` is missing, or if there is any other column. */
export function readHeader(names: readonly string[]): Header | null {
  const known = names.every((name) => (importColumns as readonly string[]).includes(name));
  if (!known || new Set(names).size !== names.length) return null;
  const [bhxh_code, phone, password_hash] = importColumns.map((name) => names.indexOf(name)) as [
    number,
    number,
    number,
  ];
  return bhxh_code < 0 || phone < 0 ? null : { bhxh_code, phone, password_hash, width: names.length };
}

/** What a line says, or what is wrong with it. @param codeLengths accepted numbers of digits of a code */
export function readAccountLine(
  fields: readonly string[],
  header: Header,
  codeLengths: readonly number[],
): AccountLine | LineFault {
  if (fields.length !== header.width)
    return { column: '', reason: describeWidthFault(fields.length, header) };
  const bhxhCode = fields[header.bhxh_code] ?? '';
  if (!isBhxhCode(bhxhCode, codeLengths))
    return { column: 'bhxh_code', reason: describeCodeFault(bhxhCode, codeLengths) };
  const phone = readPhone(fields[header.phone] ?? '');
  if (phone === null)
    return {
      column: 'phone',
      reason: 'not a Vietnamese mobile or landline number beginning with 0, 84 or +84',
    };
  const passwordHash = fields[header.password_hash] || null;
  if (passwordHash !== null && !hashForm.test(passwordHash))
    return { column: 'password_hash', reason: 'not a password hash of the form $id$…' };
  return { bhxhCode, phone: phone.e164, renumbered: phone.renumbered, passwordHash };
}

/** argon2 hashes contain commas, which split a field that is not quoted. */
function describeWidthFault(width: number, header: Header): string {
  const hint =
    header.password_hash >= 0 && width > header.width ? '; a hash that contains commas must be quoted' : '';
  return `${header.width} columns expected, ${width} found${hint}`;
}

/** Spreadsheets drop leading zeros: the most common fault, worth a sentence of its own. */
function describeCodeFault(code: string, lengths: readonly number[]): string {
  const expected = `${lengths.join(' or ')} digits expected`;
  if (code === '') return `empty, ${expected}`;
  if (!/^[0-9]+$/.test(code)) return `${expected}, other characters found`;
  const hint = code.length < Math.min(...lengths) ? '; a spreadsheet may have dropped leading zeros' : '';
  return `${expected}, ${code.length} found${hint}`;
}
