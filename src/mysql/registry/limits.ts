/**
 * The statements that count for the limits across calls. Each function runs inside the caller's
 * transaction unless it says otherwise.
 *
 * A transaction that counts for a phone or a code takes the lock of that subject first and keeps it
 * until its own row is committed, so the next one counts that row too. These locks come before all
 * others (accounts → resets → …), in ascending order.
 */
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import type { AccountId } from '../../registry/accounts.ts';
import type { CallAdmission, CallOpening } from '../../registry/call-records.ts';
import type { AttemptAdmission, AttemptCharge } from '../../registry/attempts.ts';
import type { Limits } from '../../accounts/limits.ts';
import type { Session } from '../database/session.ts';

/** Counts for the attempt's phone and code, and charges it unless the phone is over its limit. Repeated, it gives the same answer. */
export async function chargeAttempt(
  session: Session,
  { attemptId, callId, phoneKey, codeKey }: AttemptCharge,
  limits: Limits,
): Promise<AttemptAdmission> {
  await lockSubjects(session, phoneKey, codeKey);
  const [charged] = await session.select<{ isCodeOver: 0 | 1 }>(
    'SELECT code_over AS isCodeOver FROM attempts WHERE id = ?',
    [attemptId],
  );
  if (charged !== undefined) return charged.isCodeOver ? 'code-over' : 'admitted';
  if (await isPhoneOver(session, phoneKey, limits)) return 'phone-over';
  const isCodeOver = (await countMismatchesOfCode(session, codeKey)) >= limits.mismatchesPerCodeDay;
  await session.change(
    `INSERT INTO attempts (id, call_id, phone_key, code_key, counts_phone, counts_code, code_over, charged_at)
     VALUES (?, ?, ?, ?, TRUE, NOT ?, ?, UTC_TIMESTAMP(3))`,
    [attemptId, callId, phoneKey, codeKey, isCodeOver ? 1 : 0, isCodeOver ? 1 : 0],
  );
  return isCodeOver ? 'code-over' : 'admitted';
}

/** One statement, the same for a match and a mismatch; needs no transaction. */
export async function settleAttempt(session: Session, attemptId: string, isMatch: boolean): Promise<void> {
  await session.change(
    `UPDATE attempts SET counts_phone = counts_phone AND NOT ?, counts_code = counts_code AND NOT ?, settled_at = UTC_TIMESTAMP(3) WHERE id = ?`,
    [isMatch ? 1 : 0, isMatch ? 1 : 0, attemptId],
  );
}

/**
 * Refunds what a call was charged and never settled. It must wait for a charge that is still being
 * committed after its caller gave up. Hence the index: an UPDATE that scans the table at READ
 * COMMITTED passes over rows that are not committed yet.
 */
export async function refundUnsettled(session: Session, callId: string): Promise<void> {
  await session.change(
    `UPDATE attempts FORCE INDEX (attempts_call)
     SET counts_phone = FALSE, counts_code = FALSE, settled_at = UTC_TIMESTAMP(3) WHERE call_id = ? AND settled_at IS NULL`,
    [callId],
  );
}

/**
 * Places count while their call can be alive: its instance renews its lease, and the call is younger
 * than calls can get (the dialplan ends them after 15 minutes). The lease may not lie in the future
 * either, as one does after the database's clock was set back.
 */
const countPlaces = `SELECT COUNT(*) AS calls
  FROM call_phones JOIN calls ON calls.call_id = call_phones.call_id JOIN instances ON instances.instance_id = calls.instance_id
  WHERE call_phones.phone_key = ? AND call_phones.call_id <> ? AND calls.opened_at > UTC_TIMESTAMP(3) - INTERVAL 30 MINUTE
    AND instances.lost_at IS NULL
    AND instances.seen_at BETWEEN UTC_TIMESTAMP(3) - INTERVAL 60 SECOND AND UTC_TIMESTAMP(3) + INTERVAL 60 SECOND`;

/** Decides by its phone whether a call may be served. {@link takePlace} must follow if so. */
export async function admitCall(
  session: Session,
  { callId, phoneKey, takesPlace = true }: CallOpening,
  limits: Limits,
): Promise<CallAdmission> {
  if (phoneKey === null || !takesPlace) return 'admitted';
  await lockSubjects(session, phoneKey);
  const [others] = await session.select<{ calls: number }>(countPlaces, [phoneKey, callId]);
  if ((others?.calls ?? 0) >= limits.callsPerPhone) return 'phone-busy';
  return (await isPhoneOver(session, phoneKey, limits)) ? 'phone-over' : 'admitted';
}

/** Makes an open call count for its phone until it ends. */
export async function takePlace(
  session: Session,
  { callId, phoneKey, takesPlace = true }: CallOpening,
): Promise<void> {
  if (phoneKey === null || !takesPlace) return;
  await session.change(
    'INSERT INTO call_phones (call_id, phone_key) VALUES (?, ?) ON DUPLICATE KEY UPDATE call_id = call_phones.call_id',
    [callId, phoneKey],
  );
}

/** Whether the account may not have another reset now, and whether one is prepared. Needs the account's lock. */
export async function readResets(
  session: Session,
  accountId: AccountId,
  limits: Limits,
): Promise<{ isTooOften: boolean; hasPrepared: boolean }> {
  const [resets] = await session.select<{ lastDay: number; justNow: number; prepared: number }>(
    `SELECT COUNT(*) AS lastDay, COUNT(IF(settled_at > UTC_TIMESTAMP(3) - INTERVAL (? * 1000) MICROSECOND, 1, NULL)) AS justNow,
            EXISTS (SELECT 1 FROM resets WHERE prepared_account_id = ?) AS prepared
     FROM resets WHERE account_id = ? AND state = 'activated' AND settled_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY`,
    [limits.resetsApartMs, accountId, accountId],
  );
  const { lastDay, justNow, prepared } = resets!; // COUNT without GROUP BY has one row
  return { isTooOften: justNow > 0 || lastDay >= limits.resetsPerAccountDay, hasPrepared: prepared === 1 };
}

/** Deletes up to `count` attempts that are older than any limit counts; returns how many. Needs no transaction. */
export function deleteOldAttempts(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM attempts WHERE charged_at < UTC_TIMESTAMP(3) - INTERVAL 2 DAY ORDER BY charged_at LIMIT ?',
    [String(count)],
  );
}

async function isPhoneOver(session: Session, phoneKey: string, limits: Limits): Promise<boolean> {
  const [mismatches] = await session.select<{ lastDay: number; lastHour: number }>(
    `SELECT COUNT(*) AS lastDay, COUNT(IF(charged_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR, 1, NULL)) AS lastHour
     FROM attempts WHERE phone_key = ? AND counts_phone = TRUE AND charged_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY`,
    [phoneKey],
  );
  return (
    mismatches === undefined ||
    mismatches.lastHour >= limits.mismatchesPerPhoneHour ||
    mismatches.lastDay >= limits.mismatchesPerPhoneDay
  );
}

async function countMismatchesOfCode(session: Session, codeKey: string): Promise<number> {
  const [mismatches] = await session.select<{ lastDay: number }>(
    'SELECT COUNT(*) AS lastDay FROM attempts WHERE code_key = ? AND counts_code = TRUE AND charged_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY',
    [codeKey],
  );
  return mismatches?.lastDay ?? Infinity;
}

/**
 * Writes the locks instead of only reading them FOR UPDATE: where the database replicates by
 * certification, two servers that count for one subject then collide instead of both admitting.
 */
async function lockSubjects(session: Session, ...keys: string[]): Promise<void> {
  const buckets = keys.map((key) => Number.parseInt(key.slice(0, 3), 16)).sort((a, b) => a - b);
  for (const bucket of buckets) {
    const locked = await session.change('UPDATE limit_locks SET turns = turns + 1 WHERE bucket = ?', [
      bucket,
    ]);
    if (locked !== 1) throw new RegistryUnavailable('the registry failed: a row of limit_locks is missing');
  }
}
