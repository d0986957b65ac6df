/**
 * The statements that count for the limits across calls. Each function runs inside the caller's
 * transaction unless it says otherwise.
 *
 * A transaction that counts for a phone or a code takes the lock of that subject first and keeps it
 * until its own row is committed, so the next one counts that row too. These locks come before all
 * others (accounts → resets → …), in ascending order. A check that matches holds them while it prepares the reset.
 */
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import { isResetAllowed, type PhoneResets } from '../../registry/account-blocks.ts';
import type { CallAdmission, CallOpening } from '../../registry/call-records.ts';
import type { AttemptAnswer, KeyedCode } from '../../registry/attempts.ts';
import type { Limits } from '../../accounts/limits.ts';
import type { Session, Value } from '../database/session.ts';
import { prepare } from './resets.ts';

/**
 * What the phone was charged within its windows. Here and below a subject has two placeholders,
 * under the current key and under the one before; without one before, both get the same.
 */
const ofDay = 'COUNT(*)';
const ofHour = 'COUNT(IF(charged_at > UTC_TIMESTAMP(3) - INTERVAL 1 HOUR, 1, NULL))';
const chargesOfPhone =
  'attempts WHERE phone_key IN (UNHEX(?), UNHEX(?)) AND counts_phone = TRUE AND charged_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY';

interface ChargesOfPhone {
  ofDay: number;
  ofHour: number;
}

function isPhoneOver({ ofDay, ofHour }: ChargesOfPhone, limits: Limits): boolean {
  return ofHour >= limits.mismatchesPerPhoneHour || ofDay >= limits.mismatchesPerPhoneDay;
}

/** All that decides about an attempt. Read in one statement, under the locks of phone and code. */
const readAttempt = `SELECT ${ofDay} AS ofDay, ${ofHour} AS ofHour,
    (SELECT COUNT(*) FROM attempts WHERE code_key IN (UNHEX(?), UNHEX(?)) AND counts_code = TRUE AND charged_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY) AS ofCode,
    (SELECT code_over FROM attempts WHERE id = ?) AS chargedBefore,
    (SELECT CONCAT_WS(',', id, phone_resets, (SELECT GROUP_CONCAT(code) FROM account_codes WHERE account_id = accounts.id))
     FROM accounts WHERE bhxh_code = ? AND phone = ?) AS account
  FROM ${chargesOfPhone}`;

interface AttemptSeen extends ChargesOfPhone {
  ofCode: number;
  /** Its `code_over`, if it was charged before. */
  chargedBefore: 0 | 1 | null;
  /** Id, state and, if there are any, the person's other codes, with commas between them; null: no account has the pair. */
  account: string | null;
}

/**
 * Charges the attempt, and prepares the reset if it matches and may be told in this call. Nothing of the account
 * but the reset is changed, and its lock is taken only for a match that is admitted: any other code is the same work.
 */
export async function checkAttempt(
  session: Session,
  attempt: KeyedCode,
  limits: Limits,
): Promise<AttemptAnswer> {
  const { state, ...answer } = await chargeAttempt(session, attempt, limits);
  const { admission, accountId } = answer;
  const { reset, callId, phone } = attempt;
  if (reset === undefined || accountId === null || admission !== 'admitted' || state !== 'allowed')
    return answer;
  return { ...answer, preparation: await prepare(session, { ...reset, callId, accountId, phone }, limits) };
}

/** What a charged attempt found. */
type Charged = Omit<AttemptAnswer, 'preparation'> & {
  /** Of the account, if there is one. Read without its lock, so another state may stand by now. */
  readonly state?: PhoneResets;
};

/**
 * Counts for the attempt's phone and code, looks for the account, and charges the attempt unless it
 * matches or the phone is over its limit. Repeated, it gives the same admission.
 */
async function chargeAttempt(
  session: Session,
  { attemptId, callId, bhxhCode, phone, phoneKey, codeKey, before, canCallBack = false }: KeyedCode,
  limits: Limits,
): Promise<Charged> {
  const locked = await session.change(`${takeTurn} WHERE bucket IN (?, ?) ORDER BY bucket`, [
    bucketOf(phoneKey),
    bucketOf(codeKey),
  ]);
  requireLocks(locked, phoneKey, codeKey);
  const [seen] = await session.select<AttemptSeen>(readAttempt, [
    ...[codeKey, before?.codeKey ?? codeKey, attemptId, bhxhCode, phone],
    ...[phoneKey, before?.phoneKey ?? phoneKey],
  ]);
  const { chargedBefore, ofCode } = seen!; // COUNT without GROUP BY has one row
  const match = matchIn(seen!, canCallBack);
  if (chargedBefore !== null) return { admission: chargedBefore ? 'code-over' : 'admitted', ...match };
  if (isPhoneOver(seen!, limits)) return { admission: 'phone-over', accountId: null };
  const isCodeOver = ofCode >= limits.mismatchesPerCodeDay;
  const isCharged = match.accountId === null || isCodeOver;
  await session.change(
    `INSERT INTO attempts (id, call_id, phone_key, code_key, counts_phone, counts_code, code_over, charged_at)
     VALUES (?, ?, UNHEX(?), UNHEX(?), ?, ?, ?, UTC_TIMESTAMP(3))`,
    [
      ...[attemptId, callId, phoneKey, codeKey],
      ...[isCharged, isCharged && !isCodeOver, isCodeOver].map(Number),
    ],
  );
  return { admission: isCodeOver ? 'code-over' : 'admitted', ...match };
}

/** A blocked account is no match, and neither is one that could only be called back where nobody is. */
function matchIn({ account }: AttemptSeen, canCallBack: boolean): Omit<Charged, 'admission'> {
  if (account === null) return { accountId: null };
  const [id, state, ...otherCodes] = account.split(',') as [string, PhoneResets, ...string[]];
  if (!isResetAllowed(state, canCallBack)) return { accountId: null };
  return { accountId: Number(id), state, ...(otherCodes.length > 0 && { otherCodes }) };
}

/** One statement; needs no transaction. It waits for a charge that is still being committed. */
export async function refundAttempt(session: Session, attemptId: string): Promise<void> {
  await session.change('UPDATE attempts SET counts_phone = FALSE, counts_code = FALSE WHERE id = ?', [
    attemptId,
  ]);
}

/** Whether the call has its terminal row. */
const hasEnded = 'EXISTS (SELECT 1 FROM audit_log WHERE call_id = ?)';

/**
 * How many other calls of the phone have a place. Places count while their call can be alive: its
 * instance renews its lease, and the call is younger than calls can get (the dialplan ends them after 15
 * minutes). The lease may not lie in the future either, as one does after the database's clock was set
 * back.
 */
const others = `(SELECT COUNT(*) FROM calls AS other JOIN instances AS theirs ON theirs.instance_id = other.instance_id
     WHERE other.phone_key IN (UNHEX(?), UNHEX(?)) AND other.has_place = TRUE AND other.call_id <> ?
       AND other.opened_at > UTC_TIMESTAMP(3) - INTERVAL 30 MINUTE AND theirs.lost_at IS NULL
       AND theirs.seen_at BETWEEN UTC_TIMESTAMP(3) - INTERVAL 60 SECOND AND UTC_TIMESTAMP(3) + INTERVAL 60 SECOND)`;

/** All that decides whether a call may be served. */
const readCall = `SELECT ${hasEnded} AS hasEnded, ${others} AS others, ${ofDay} AS ofDay, ${ofHour} AS ofHour FROM ${chargesOfPhone}`;

interface CallSeen extends ChargesOfPhone {
  hasEnded: 0 | 1;
  others: number;
}

/** The phone for which the call counts as one of its calls at once; null if it counts for none. */
export function placeOf({ phoneKey, takesPlace = true }: CallOpening): string | null {
  return takesPlace ? phoneKey : null;
}

/** Calls that count for one phone take turns here. */
export async function lockPhone(session: Session, call: CallOpening): Promise<void> {
  const phoneKey = placeOf(call);
  if (phoneKey !== null)
    requireLocks(await session.change(`${takeTurn} WHERE bucket IN (?)`, [bucketOf(phoneKey)]), phoneKey);
}

/** The same decision as {@link admitCall}'s as a condition, with its values: whether the call is admitted. Needs the phone's lock. */
export function admissionCondition(
  call: CallOpening,
  limits: Limits,
): { condition: string; values: Value[] } {
  const { callId, phoneKey, phoneKeyBefore } = call;
  if (placeOf(call) === null) return { condition: `NOT ${hasEnded}`, values: [callId] };
  const keys = [phoneKey, phoneKeyBefore ?? phoneKey];
  return {
    condition: `NOT ${hasEnded} AND ${others} < ? AND (SELECT ${ofHour} < ? AND ${ofDay} < ? FROM ${chargesOfPhone})`,
    values: [
      ...[callId, ...keys, callId, limits.callsPerPhone],
      ...[limits.mismatchesPerPhoneHour, limits.mismatchesPerPhoneDay, ...keys],
    ],
  };
}

/** Decides whether a call may be served. Needs the phone's lock. */
export async function admitCall(session: Session, call: CallOpening, limits: Limits): Promise<CallAdmission> {
  const phoneKey = placeOf(call);
  const keys = [phoneKey ?? '', call.phoneKeyBefore ?? phoneKey ?? ''];
  const [seen] = await session.select<CallSeen>(readCall, [call.callId, ...keys, call.callId, ...keys]);
  if (seen!.hasEnded) return 'ended';
  if (phoneKey === null) return 'admitted';
  if (seen!.others >= limits.callsPerPhone) return 'phone-busy';
  return isPhoneOver(seen!, limits) ? 'phone-over' : 'admitted';
}

/** Deletes up to `count` attempts that are older than any limit counts; returns how many. Needs no transaction. */
export function deleteOldAttempts(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM attempts WHERE charged_at < UTC_TIMESTAMP(3) - INTERVAL 2 DAY ORDER BY charged_at LIMIT ?',
    [String(count)],
  );
}

/**
 * Writes the locks instead of only reading them FOR UPDATE: where the database replicates by
 * certification, two servers that count for one subject then collide instead of both admitting.
 */
const takeTurn = 'UPDATE limit_locks SET turns = turns + 1';

/** The row of `limit_locks` that stands for a phone or a code. */
export function bucketOf(key: string): number {
  return Number.parseInt(key.slice(0, 3), 16);
}

function requireLocks(locked: number, ...keys: string[]): void {
  if (locked !== new Set(keys.map(bucketOf)).size)
    throw new RegistryUnavailable('the registry failed: a row of limit_locks is missing');
}
