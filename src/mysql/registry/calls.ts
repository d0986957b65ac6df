/** The statements that open and close calls. Each function runs inside the caller's transaction. */
import type { Limits } from '../../accounts/limits.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import type { CallAdmission, CallClosing, CallOpening, TerminalRow } from '../../registry/call-records.ts';
import { clip, readTerminalRow, recordClosing, type AuditWriter } from '../audit/audit-log.ts';
import { admitCall, refundUnsettled, takePlace } from './limits.ts';
import type { Session } from '../database/session.ts';
import { voidOfCall } from './resets.ts';

/** Decides whether the call may be served, and records it either way, unless it is open already or has ended. */
export async function open(
  session: Session,
  call: CallOpening,
  limits: Limits,
  { node }: AuditWriter,
): Promise<CallAdmission> {
  if ((await readTerminalRow(session, call.callId)) !== null) return 'ended';
  const admission = await admitCall(session, call, limits);
  await session.change(
    `INSERT INTO calls (call_id, instance_id, node, channel_id, masked_phone, phone_key, code_key, opened_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE call_id = calls.call_id`,
    [
      ...[call.callId, call.instanceId, clip(node, 64)],
      ...[
        toPrintable(call.channelId, 80),
        toPrintable(call.maskedPhone, 24),
        call.phoneKey,
        call.codeKey ?? null,
      ],
    ],
  );
  if (admission === 'admitted') await takePlace(session, call);
  return admission;
}

/** Voids what the call has prepared and writes its terminal row, unless it has one. Returns the row that stands. */
export async function close(
  session: Session,
  callId: string,
  closing: CallClosing,
  writer: AuditWriter,
): Promise<TerminalRow> {
  if (closing.outcome === 'changed') throw new TypeError('only an activation writes the outcome "changed"');
  if (closing.outcome === 'fault') await refundUnsettled(session, callId);
  await voidOfCall(session, callId, closing.reason);
  const { outcome, reason } = closing;
  if (await recordClosing(session, writer, callId, closing)) return { outcome, reason: clip(reason) };
  const standing = await readTerminalRow(session, callId);
  if (standing === null)
    throw new RegistryUnavailable('the registry failed: a terminal row was there and is gone');
  return standing;
}

export interface OpenCall {
  callId: string;
  /** Since its opening, ms. */
  durationMs: number;
}

/** Calls that other instances on this machine opened and did not close. Other machines close their own. */
export function findInterrupted(
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

/** Identifiers come from the PBX: reduced to printable ASCII that fits the column. */
function toPrintable(text: string, length: number): string {
  return text.replace(/[^ -~]/g, '').slice(0, length);
}
