/** The terminal rows of calls. */
import type { AccountId, CallClosing } from '../accounts/registry.ts';
import { markOf } from './audit-row.ts';
import { databaseErrorCode } from './database-error.ts';
import type { Session } from './session.ts';

/** What changed in a call with outcome `changed`. */
export interface Change {
  accountId: AccountId;
  resetId: string;
}

/** Who writes rows. */
export interface AuditWriter {
  /** AUDIT_KEY; without it rows carry no mark, and `hotline audit verify` takes them for invented ones. */
  readonly key?: string | undefined;
  /** This machine's name. */
  readonly node?: string | undefined;
}

/**
 * Moves a call from `calls` to `audit_log`, unless it has its terminal row; false then. Also works
 * for a call whose opening could not be recorded. `change` belongs to outcome `changed` alone.
 */
export async function recordClosing(session: Session, writer: AuditWriter, callId: string, closing: CallClosing, change?: Change): Promise<boolean> {
  const isFirst = await insertRow(session, writer, callId, closing, change);
  await session.change('DELETE FROM calls WHERE call_id = ?', [callId]);
  return isFirst;
}

/**
 * No ON DUPLICATE KEY and no IGNORE: the first needs the right to change rows, the second lets
 * other faults pass. The refused statement is undone alone; the transaction goes on.
 */
async function insertRow(session: Session, { key, node = '' }: AuditWriter, callId: string, closing: CallClosing, change?: Change): Promise<boolean> {
  const { accountId = null, resetId = null } = change ?? {};
  const marked = {
    callId,
    outcome: closing.outcome,
    reason: clip(closing.reason),
    durationMs: Math.max(0, Math.round(closing.durationMs)),
    accountId,
    resetId,
  };
  const mark = key === undefined ? null : markOf(key, marked);
  try {
    await session.change(
      `INSERT INTO audit_log (call_id, instance_id, channel_id, masked_phone, phone_key, opened_at, node,
                              closed_at, duration_ms, outcome, reason, code_key, account_id, reset_id, mark)
       SELECT ?, calls.instance_id, calls.channel_id, calls.masked_phone, calls.phone_key, calls.opened_at, COALESCE(calls.node, ?),
              UTC_TIMESTAMP(3), ?, ?, ?, (SELECT code_key FROM code_entries WHERE call_id = ? ORDER BY charged_at DESC LIMIT 1), ?, ?, ?
       FROM (SELECT 1 AS one) AS this_call LEFT JOIN calls ON calls.call_id = ?`,
      [callId, clip(node, 64), marked.durationMs, marked.outcome, marked.reason, callId, accountId, resetId, mark, callId],
    );
    return true;
  } catch (error) {
    if (databaseErrorCode(error) === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

/** Whether the call has its terminal row. */
export async function hasEnded(session: Session, callId: string): Promise<boolean> {
  return (await session.select('SELECT 1 FROM audit_log WHERE call_id = ?', [callId])).length > 0;
}

/** Fits free text into a column, of 200 characters unless told, and one line. */
export function clip(text: string, length = 200): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, length);
}
