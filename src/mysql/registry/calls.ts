/** Opening and closing of calls. Each function runs inside the caller's transaction. */
import type { Limits } from '../../accounts/limits.ts';
import type { CallAdmission, CallClosing, CallOpening } from '../../registry/call-records.ts';
import { clip, hasEnded, recordClosing, type AuditWriter } from '../audit/audit-log.ts';
import { admitCall, refundUnsettled, takePlace } from './limits.ts';
import type { Session } from '../database/session.ts';
import { voidOfCall } from './resets.ts';

/** Says whether the call may be served, and records it in either case, unless it is open already or has ended. */
export async function open(
  session: Session,
  call: CallOpening,
  limits: Limits,
  { node }: AuditWriter,
): Promise<CallAdmission> {
  if (await hasEnded(session, call.callId)) return 'ended';
  const admission = await admitCall(session, call, limits);
  await session.change(
    `INSERT INTO calls (call_id, instance_id, node, channel_id, masked_phone, phone_key, code_key, opened_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE call_id = calls.call_id`,
    [
      ...[call.callId, call.instanceId, clip(node, 64)],
      ...[
        printable(call.channelId, 80),
        printable(call.maskedPhone, 24),
        call.phoneKey,
        call.codeKey ?? null,
      ],
    ],
  );
  if (admission === 'admitted') await takePlace(session, call);
  return admission;
}

/** Voids what the call has prepared and writes its terminal row, unless it has one. */
export async function close(
  session: Session,
  callId: string,
  closing: CallClosing,
  writer: AuditWriter,
): Promise<void> {
  if (closing.outcome === 'changed') return; // would be a claim without the change
  if (closing.outcome === 'fault') await refundUnsettled(session, callId);
  await voidOfCall(session, callId, closing.reason);
  await recordClosing(session, writer, callId, closing);
}

export interface OpenCall {
  callId: string;
  /** Since its opening, ms. */
  durationMs: number;
}

/** The calls that other instances on this machine have opened and not closed; another machine looks after its own. */
export function interruptedCalls(
  session: Session,
  instanceId: string,
  { node }: AuditWriter,
): Promise<OpenCall[]> {
  return session.select<OpenCall>(
    `SELECT call_id AS callId, TIMESTAMPDIFF(MICROSECOND, opened_at, UTC_TIMESTAMP(3)) DIV 1000 AS durationMs
     FROM calls WHERE instance_id <> ? AND node = ?`,
    [instanceId, clip(node, 64)],
  );
}

/** Identifiers come from the PBX: kept printable, ASCII and within the column. */
function printable(text: string, length: number): string {
  return text.replace(/[^ -~]/g, '').slice(0, length);
}
