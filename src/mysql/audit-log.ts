/** The terminal rows of calls. */
import type { AccountId, CallClosing } from '../accounts/registry.ts';
import type { Session } from './session.ts';

/** What changed in a call with outcome `changed`. */
export interface Change {
  accountId: AccountId;
  resetId: string;
}

/**
 * Moves a call from `calls` to `audit_log`, unless it has its terminal row; false then. Also works
 * for a call whose opening could not be recorded. `change` belongs to outcome `changed` alone.
 */
export async function recordClosing(session: Session, callId: string, closing: CallClosing, change?: Change): Promise<boolean> {
  const inserted = await session.change(
    `INSERT INTO audit_log (call_id, instance_id, channel_id, masked_phone, opened_at, closed_at, duration_ms, outcome, reason, account_id, reset_id)
     SELECT ?, calls.instance_id, calls.channel_id, calls.masked_phone, calls.opened_at, UTC_TIMESTAMP(3), ?, ?, ?, ?, ?
     FROM (SELECT 1 AS one) AS this_call LEFT JOIN calls ON calls.call_id = ?
     ON DUPLICATE KEY UPDATE audit_log.id = audit_log.id`,
    [callId, Math.max(0, Math.round(closing.durationMs)), closing.outcome, clip(closing.reason), change?.accountId ?? null, change?.resetId ?? null, callId],
  );
  await session.change('DELETE FROM calls WHERE call_id = ?', [callId]);
  return inserted === 1;
}

/** Whether the call has its terminal row. */
export async function hasEnded(session: Session, callId: string): Promise<boolean> {
  return (await session.select('SELECT 1 FROM audit_log WHERE call_id = ?', [callId])).length > 0;
}

/** Fits free text into a column of 200 characters and one line. */
export function clip(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 200);
}
