/** A row of audit_log as it is authenticated and sealed (docs/adr/0017). */
import { createHmac } from 'node:crypto';

/** Says which columns a digest covers, in which order. A new list gets a new number; old seals keep theirs. */
export const sealFormat = 1;

/** The columns of format 1. Later columns are not covered by its seals. */
const columns = [
  'id',
  'call_id',
  'instance_id',
  'channel_id',
  'branch',
  'node',
  'masked_phone',
  'phone_key',
  'identity',
  'code_key',
  'opened_at',
  'closed_at',
  'duration_ms',
  'outcome',
  'reason',
  'account_id',
  'reset_id',
  'valid_until',
  'mismatches',
  'silences',
  'incomplete_codes',
  'reading_begun',
  'by_user',
  'mac',
] as const;

const macColumns = columns.filter((name): name is keyof AuditFields => name !== 'id' && name !== 'mac');

/** Every column as text, as the database spells it; times in UTC with milliseconds, hashes in hexadecimal. */
export type AuditRow = Record<(typeof columns)[number], string | null> & { id: string };

/** An expression that reads a column of hashes (BINARY) as hexadecimal text, as the application writes them. */
export const hexOf = (column: string) => `LOWER(HEX(${column}))`;

/** Numbers and times. */
const castToText: readonly (typeof columns)[number][] = [
  ...(['id', 'opened_at', 'closed_at', 'duration_ms', 'account_id'] as const),
  ...(['valid_until', 'mismatches', 'silences', 'incomplete_codes', 'reading_begun'] as const),
];

function textOf(name: (typeof columns)[number]): string {
  if (isHash(name)) return `${hexOf(`a.${name}`)} AS ${name}`;
  return castToText.includes(name) ? `CAST(a.${name} AS CHAR) AS ${name}` : `a.${name}`;
}

/** Whether a column of `audit_log` keeps a hash, whose text is written with UNHEX. */
export const isHash = (name: string) => ['phone_key', 'code_key', 'mac'].includes(name);

/** The columns for a SELECT from `audit_log AS a`, all as text, so that numbers, times and hashes have one spelling. */
export const auditRowColumns = columns.map(textOf).join(', ');

/** What the application says of a call in its row. Texts as they are read back; the database adds the id. */
export type AuditFields = Omit<AuditRow, 'id' | 'mac'>;

/** HMAC-SHA-256, in hexadecimal, over values in a fixed order. JSON of strings and nulls leaves nothing ambiguous. */
export function authenticate(key: string, purpose: string, values: readonly (string | null)[]): string {
  return createHmac('sha256', Buffer.from(key, 'hex'))
    .update(JSON.stringify([purpose, ...values]))
    .digest('hex');
}

/**
 * The MAC that the application writes with a row. Somebody who can insert rows but has no key cannot
 * make one, so an invented row is found, whether it has been sealed or not.
 *
 * @param key AUDIT_KEY
 */
export function macOf(key: string, fields: AuditFields): string {
  return authenticate(
    key,
    'audit mac 1',
    macColumns.map((name) => fields[name]),
  );
}

/** Whether the application wrote exactly this row. @param keys those that it may have used */
export function hasMac(keys: readonly string[], row: AuditRow): boolean {
  return keys.some((key) => row.mac === macOf(key, row));
}

/** What a seal keeps of a row. Keyed: without the key a row and a digest cannot be made to agree. */
export function digestOf(key: string, row: AuditRow): string {
  return authenticate(
    key,
    `audit row ${sealFormat}`,
    columns.map((name) => row[name]),
  );
}
