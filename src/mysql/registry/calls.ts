/** The statements that open and close calls. Each function runs inside the caller's transaction. */
import type { Limits } from '../../accounts/limits.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import type { CallAdmission, CallClosing, CallOpening, StandingRow } from '../../registry/call-records.ts';
import { clip, readTerminalRow, recordClosing, type AuditWriter } from '../audit/audit-log.ts';
import * as callSteps from './call-steps.ts';
import { admissionCondition, admitCall, lockPhone, placeOf } from './limits.ts';
import type { Session, Value } from '../database/session.ts';
import { voidOfCall } from './resets.ts';

/**
 * Decides whether the call may be served, and records it either way, unless it is open already or has
 * ended. Needs the lease of its instance, or another would close the call while it is being served.
 */
export async function open(
  session: Session,
  call: CallOpening,
  limits: Limits,
  writer: AuditWriter,
): Promise<CallAdmission> {
  await lockPhone(session, call);
  if (await insert(session, call, writer, true, admissionCondition(call, limits))) return 'admitted';
  // Refused, or open already, or this instance has no lease. Which of these takes another look.
  const admission = await admitCall(session, call, limits);
  if (admission !== 'ended') await record(session, call, writer, admission === 'admitted');
  return admission;
}

/** @throws RegistryUnavailable if the call's instance has lost its lease */
async function record(
  session: Session,
  call: CallOpening,
  writer: AuditWriter,
  takesPlace: boolean,
): Promise<void> {
  if (await insert(session, call, writer, takesPlace)) return;
  const [open] = await session.select('SELECT 1 FROM calls WHERE call_id = ?', [call.callId]);
  if (open === undefined) throw new RegistryUnavailable('this instance has no lease at the moment');
}

/** Inserts the call, if its instance lives and the condition holds, or gives it its place. False: nothing has changed. */
async function insert(
  session: Session,
  call: CallOpening,
  writer: AuditWriter,
  takesPlace: boolean,
  { condition, values }: { condition: string; values: Value[] } = { condition: 'TRUE', values: [] },
): Promise<boolean> {
  const hasPlace = takesPlace && placeOf(call) !== null ? 1 : 0;
  const changed = await session.change(
    `INSERT INTO calls (${callColumns}, has_place)
     SELECT ${callValues}, ? FROM instances WHERE instance_id = ? AND lost_at IS NULL AND ${condition}
     ON DUPLICATE KEY UPDATE has_place = calls.has_place OR ?`,
    [...valuesOf(call, writer), hasPlace, call.instanceId, ...values, hasPlace],
  );
  return changed > 0;
}

const callColumns =
  'call_id, instance_id, node, channel_id, branch, masked_phone, phone_key, identity, code_key, opened_at';

/** The hashes come as hexadecimal text. */
const callValues = '?, ?, ?, ?, ?, ?, UNHEX(?), ?, UNHEX(?), UTC_TIMESTAMP(3)';

/** All of {@link callColumns} but the time. */
function valuesOf(call: CallOpening, { node }: AuditWriter): Value[] {
  return [
    ...[call.callId, call.instanceId, clip(node, 64)],
    ...[toPrintable(call.channelId, 80), call.branch ?? null, toPrintable(call.maskedPhone, 24)],
    ...[call.phoneKey, call.identity ?? null, call.codeKey ?? null],
  ];
}

/**
 * Voids what the call has prepared, keeps its steps and writes its terminal row, unless it has one. Returns the
 * row that stands.
 *
 * @param missed the opening of a call that could not be recorded when it came
 */
export async function close(
  session: Session,
  callId: string,
  closing: CallClosing,
  writer: AuditWriter,
  missed?: CallOpening,
): Promise<StandingRow> {
  if (closing.outcome === 'changed') throw new TypeError('only an activation writes the outcome "changed"');
  await voidOfCall(session, callId, closing.reason);
  if (missed !== undefined)
    await session.change(
      `INSERT INTO calls (${callColumns}) VALUES (${callValues}) ON DUPLICATE KEY UPDATE call_id = calls.call_id`,
      valuesOf(missed, writer),
    );
  const { outcome, reason, steps } = closing;
  if (steps !== undefined) await callSteps.keep(session, [{ callId, steps }]);
  if (await recordClosing(session, writer, callId, closing))
    return { outcome, reason: clip(reason), isNew: true };
  const standing = await readTerminalRow(session, callId);
  if (standing === null)
    throw new RegistryUnavailable('the registry failed: a terminal row was there and is gone');
  return { ...standing, isNew: false };
}

export interface InterruptedCall {
  callId: string;
  /** Since its opening, ms. */
  durationMs: number;
}

const interruptedCalls = `calls LEFT JOIN instances ON instances.instance_id = calls.instance_id AND instances.lost_at IS NULL
     WHERE instances.instance_id IS NULL`;

/** Up to `count` calls whose instance is lost or gone, those of this instance left out. */
export function findInterrupted(
  session: Session,
  instanceId: string,
  count: number,
): Promise<InterruptedCall[]> {
  return session.select<InterruptedCall>(
    `SELECT calls.call_id AS callId, GREATEST(0, TIMESTAMPDIFF(MICROSECOND, calls.opened_at, UTC_TIMESTAMP(3)) DIV 1000) AS durationMs
     FROM ${interruptedCalls} AND calls.instance_id <> ? LIMIT ?`,
    [instanceId, String(count)],
  );
}

/** Whether the call is still one of these: its instance may have come back. */
export async function isInterrupted(session: Session, callId: string): Promise<boolean> {
  const [call] = await session.select(`SELECT 1 FROM ${interruptedCalls} AND calls.call_id = ?`, [callId]);
  return call !== undefined;
}

/** Identifiers come from the PBX: reduced to printable ASCII that fits the column. */
function toPrintable(text: string, length: number): string {
  return text.replace(/[^ -~]/g, '').slice(0, length);
}
