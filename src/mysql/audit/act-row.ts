/** Writes the audit rows of what users do. */
import { randomUUID } from 'node:crypto';
import { spellAct, type OfficerAct } from '../../registry/officer-acts.ts';
import type { Session } from '../database/session.ts';
import { clip, insertRow, type AuditWriter } from './audit-log.ts';
import { hexOf, type AuditFields } from './audit-row.ts';

/** What only the row of a call says. */
const noCall = {
  instance_id: null,
  channel_id: null,
  branch: null,
  masked_phone: null,
  identity: null,
  opened_at: null,
  duration_ms: '0',
  account_id: null,
  reset_id: null,
  valid_until: null,
  mismatches: '0',
  silences: '0',
  incomplete_codes: '0',
  reading_begun: '0',
} as const satisfies Partial<AuditFields>;

/** One row, which counts as no call. Needs no transaction. */
export async function recordAct(
  session: Session,
  { key, node }: AuditWriter,
  { user, what, codeKey, phoneKey }: OfficerAct,
): Promise<void> {
  const callId = 'callId' in what ? what.callId : '';
  const seen = await readSeen(session, callId);
  await insertRow(session, key, {
    ...noCall,
    ...seen,
    call_id: randomUUID(),
    node: clip(node, 64),
    phone_key: phoneKey ?? seen.phone_key,
    code_key: codeKey ?? seen.code_key,
    outcome: 'officer',
    reason: clip(spellAct(what), 255),
    by_user: clip(user, 64),
  });
}

/** The time, and whom the call that is looked at was about, whether it has ended or not. */
async function readSeen(
  session: Session,
  callId: string,
): Promise<Pick<AuditFields, 'closed_at' | 'phone_key' | 'code_key'>> {
  const keys = 'SELECT phone_key, code_key FROM';
  const [seen] = await session.select<Pick<AuditFields, 'closed_at' | 'phone_key' | 'code_key'>>(
    `SELECT CAST(UTC_TIMESTAMP(3) AS CHAR) AS closed_at, ${hexOf('seen.phone_key')} AS phone_key, ${hexOf('seen.code_key')} AS code_key
     FROM (SELECT 1 AS one) AS this_act LEFT JOIN
          (${keys} audit_log WHERE call_id = ? UNION ALL ${keys} calls WHERE call_id = ?) AS seen ON TRUE LIMIT 1`,
    [callId, callId],
  );
  return seen!; // the left side of the join has one row
}
