/** The terminal rows of calls. */
import type { AccountId } from '../../registry/accounts.ts';
import type { CallClosing, TerminalRow } from '../../registry/call-records.ts';
import { macOf, type AuditFields } from './audit-row.ts';
import { databaseErrorCode } from '../database/database-error.ts';
import type { Session } from '../database/session.ts';

/** What changed in a call with outcome `changed`. */
export interface Change {
  accountId: AccountId;
  resetId: string;
}

/** Who writes rows. */
export interface AuditWriter {
  /** AUDIT_KEY: proves that the hotline wrote the rows. */
  readonly key: string;
  /** This machine's name. */
  readonly node: string;
}

/**
 * Moves a call from `calls` to `audit_log`, unless it has its terminal row; false then. Also works
 * for a call whose opening could not be recorded. `change` belongs to outcome `changed` alone.
 */
export async function recordClosing(
  session: Session,
  writer: AuditWriter,
  callId: string,
  closing: CallClosing,
  change?: Change,
): Promise<boolean> {
  const isFirst = await insertRow(session, writer, callId, closing, change);
  await session.change('DELETE FROM calls WHERE call_id = ?', [callId]);
  return isFirst;
}

/**
 * No ON DUPLICATE KEY and no IGNORE: the first needs the right to change rows, the second lets
 * other faults pass. The refused statement is undone alone; the transaction goes on.
 */
async function insertRow(
  session: Session,
  writer: AuditWriter,
  callId: string,
  closing: CallClosing,
  change?: Change,
): Promise<boolean> {
  const row = await writeRow(session, writer, callId, closing, change);
  const values = { ...row, mac: macOf(writer.key, row) };
  try {
    await session.change(
      `INSERT INTO audit_log (${Object.keys(values).join(', ')}) VALUES (${Object.keys(values)
        .map(() => '?')
        .join(', ')})`,
      Object.values(values),
    );
    return true;
  } catch (error) {
    if (databaseErrorCode(error) === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

type Opening = Pick<
  AuditFields,
  | 'instance_id'
  | 'channel_id'
  | 'node'
  | 'masked_phone'
  | 'phone_key'
  | 'code_key'
  | 'opened_at'
  | 'closed_at'
>;

/** The row, in the words the database will say it in, so that the MAC covers all of it. */
async function writeRow(
  session: Session,
  { node }: AuditWriter,
  callId: string,
  closing: CallClosing,
  change?: Change,
): Promise<AuditFields> {
  const [opening] = await session.select<Opening>(
    `SELECT calls.instance_id, calls.channel_id, calls.node, calls.masked_phone, calls.phone_key,
            COALESCE((SELECT code_key FROM attempts WHERE call_id = ? ORDER BY charged_at DESC LIMIT 1), calls.code_key) AS code_key,
            CAST(calls.opened_at AS CHAR) AS opened_at, CAST(UTC_TIMESTAMP(3) AS CHAR) AS closed_at
     FROM (SELECT 1 AS one) AS this_call LEFT JOIN calls ON calls.call_id = ?`,
    [callId, callId],
  );
  return {
    ...opening!,
    call_id: callId,
    node: opening!.node ?? clip(node, 64),
    duration_ms: String(Math.max(0, Math.round(closing.durationMs))),
    outcome: closing.outcome,
    reason: clip(closing.reason),
    account_id: change === undefined ? null : String(change.accountId),
    reset_id: change?.resetId ?? null,
  };
}

/** The call's terminal row; null if it has none. */
export async function readTerminalRow(session: Session, callId: string): Promise<TerminalRow | null> {
  const [row] = await session.select<TerminalRow>('SELECT outcome, reason FROM audit_log WHERE call_id = ?', [
    callId,
  ]);
  return row ?? null;
}

/** Fits free text into a column, of 200 characters unless told, and one line; half a character becomes �, as it would in the column. */
export function clip(text: string, length = 200): string {
  return text
    .replace(/\p{Cc}+/gu, ' ')
    .slice(0, length)
    .toWellFormed();
}
