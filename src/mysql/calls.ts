/** Opening and closing of calls. Each function runs inside the caller's transaction. */
import type { CallClosing, CallOpening } from '../accounts/registry.ts';
import { hasEnded, recordClosing } from './audit-log.ts';
import type { Session } from './session.ts';
import { voidOfCall } from './resets.ts';

/** Does nothing if the call is open already, or has ended. */
export async function open(session: Session, call: CallOpening): Promise<'open' | 'ended'> {
  if (await hasEnded(session, call.callId)) return 'ended';
  await session.change(
    `INSERT INTO calls (call_id, instance_id, channel_id, masked_phone, opened_at) VALUES (?, ?, ?, ?, UTC_TIMESTAMP(3))
     ON DUPLICATE KEY UPDATE call_id = calls.call_id`,
    [call.callId, call.instanceId, printable(call.channelId, 80), printable(call.maskedPhone, 24)],
  );
  return 'open';
}

/** Voids what the call has prepared and writes its terminal row, unless it has one. */
export async function close(session: Session, callId: string, closing: CallClosing): Promise<void> {
  if (closing.outcome === 'changed') return; // would be a claim without the change
  await voidOfCall(session, callId, closing.reason);
  await recordClosing(session, callId, closing);
}

export interface OpenCall {
  callId: string;
  /** Since its opening, ms. */
  durationMs: number;
}

/** The calls that other instances have opened and not closed. */
export function openOfOthers(session: Session, instanceId: string): Promise<OpenCall[]> {
  return session.select<OpenCall>(
    `SELECT call_id AS callId, TIMESTAMPDIFF(MICROSECOND, opened_at, UTC_TIMESTAMP(3)) DIV 1000 AS durationMs
     FROM calls WHERE instance_id <> ?`,
    [instanceId],
  );
}

/** Identifiers come from the PBX: kept printable, ASCII and within the column. */
function printable(text: string, length: number): string {
  return text.replace(/[^ -~]/g, '').slice(0, length);
}
