/** Writes the terminal rows of calls. */
import type { AccountId } from '../../registry/accounts.ts';
import type { CallClosing, TerminalRow } from '../../registry/call-records.ts';
import { hexOf, isHash, macOf, type AuditFields } from './audit-row.ts';
import { databaseErrorCode } from '../database/database-error.ts';
import type { Session } from '../database/session.ts';

/** What a call with outcome `changed` has changed. */
export interface Change {
  accountId: AccountId;
  resetId: string;
}

/** What identifies the writer of rows. */
export interface AuditWriter {
  /** AUDIT_KEY: proves that the hotline wrote the rows. */
  readonly key: string;
  /** This machine's name. */
  readonly node: string;
}

/**
 * Moves a call from `calls` to `audit_log`. False if it already has its terminal row. Works for a
 * call whose opening could not be recorded, too. `change` goes with outcome `changed` only.
 */
export async function recordClosing(
  session: Session,
  writer: AuditWriter,
  callId: string,
  closing: CallClosing,
  change?: Change,
): Promise<boolean> {
  const row = await composeRow(session, writer, callId, closing, change);
  const isFirst = await insertRow(session, writer.key, row);
  await session.change('DELETE FROM calls WHERE call_id = ?', [callId]);
  return isFirst;
}

/**
 * Inserts a row with its MAC. False if its call has one. Neither ON DUPLICATE KEY, which needs the right to
 * change rows, nor IGNORE, which lets other faults pass. Only the refused statement is undone; the transaction
 * goes on.
 *
 * @param key AUDIT_KEY
 */
export async function insertRow(session: Session, key: string, row: AuditFields): Promise<boolean> {
  const values = { ...row, mac: macOf(key, row) };
  try {
    await session.change(
      `INSERT INTO audit_log (${Object.keys(values).join(', ')}) VALUES (${Object.keys(values)
        .map((name) => (isHash(name) ? 'UNHEX(?)' : '?'))
        .join(', ')})`,
      Object.values(values),
    );
    return true;
  } catch (error) {
    if (databaseErrorCode(error) === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

/** What the database knows of the call. */
type Seen = Omit<
  AuditFields,
  | 'call_id'
  | 'duration_ms'
  | 'outcome'
  | 'reason'
  | 'account_id'
  | 'reset_id'
  | 'silences'
  | 'incomplete_codes'
  | 'by_user'
>;

/**
 * The row as the database will spell it, so that the MAC covers all of it. What happened in the call is read
 * from the database, so that the row of a call whose process died says it too, except for what no check recorded.
 */
async function composeRow(
  session: Session,
  { node }: AuditWriter,
  callId: string,
  closing: CallClosing,
  change?: Change,
): Promise<AuditFields> {
  const [seen] = await session.select<Seen>(
    `SELECT calls.instance_id, calls.channel_id, calls.branch, calls.node, calls.masked_phone, ${hexOf('calls.phone_key')} AS phone_key, calls.identity,
            ${hexOf(`COALESCE((SELECT code_key FROM attempts WHERE call_id = ? ORDER BY charged_at DESC LIMIT 1), calls.code_key)`)} AS code_key,
            (SELECT CAST(COUNT(*) AS CHAR) FROM attempts WHERE call_id = ? AND counts_phone = TRUE) AS mismatches,
            CAST(EXISTS (SELECT 1 FROM resets WHERE call_id = ?) AS CHAR) AS reading_begun,
            (SELECT CAST(password_expires_at AS CHAR) FROM accounts WHERE id = ?) AS valid_until,
            CAST(calls.opened_at AS CHAR) AS opened_at, CAST(UTC_TIMESTAMP(3) AS CHAR) AS closed_at
     FROM (SELECT 1 AS one) AS this_call LEFT JOIN calls ON calls.call_id = ?`,
    [callId, callId, callId, change?.accountId ?? null, callId],
  );
  return {
    ...seen!,
    call_id: callId,
    node: seen!.node ?? clip(node, 64),
    duration_ms: String(Math.max(0, Math.round(closing.durationMs))),
    outcome: closing.outcome,
    reason: clip(closing.reason),
    account_id: change === undefined ? null : String(change.accountId),
    reset_id: change?.resetId ?? null,
    silences: String(closing.unchecked?.silences ?? 0),
    incomplete_codes: String(closing.unchecked?.incompleteCodes ?? 0),
    by_user: null,
  };
}

/** The call's terminal row; null if it has none. */
export async function readTerminalRow(session: Session, callId: string): Promise<TerminalRow | null> {
  const [row] = await session.select<TerminalRow>('SELECT outcome, reason FROM audit_log WHERE call_id = ?', [
    callId,
  ]);
  return row ?? null;
}

/** Fits free text into one line and a column of `length` characters; half a surrogate pair becomes �, as it would in the column. */
export function clip(text: string, length = 200): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, length)
    .toWellFormed();
}
