/**
 * The statements of the reset protocol. Each function runs inside the caller's transaction.
 *
 * Rows are locked in the same order everywhere, accounts → resets → audit_log → calls, so that
 * deadlocks are rare. Nothing is decided on a row that was read without a lock: the row could change
 * before the decision takes effect, even at REPEATABLE READ.
 */
import type { Limits } from '../../accounts/limits.ts';
import { isResetAllowed, type PhoneResets } from '../../registry/account-blocks.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import type { Activation, Preparation, PreparedReset, ResetState } from '../../registry/resets.ts';
import { clip, recordClosing, type AuditWriter } from '../audit/audit-log.ts';
import type { Session, Value } from '../database/session.ts';

/** The database's clock plus milliseconds, the one `?`. No other clock is used. */
const later = 'UTC_TIMESTAMP(3) + INTERVAL (? * 1000) MICROSECOND';

/** Voids resets for a reason, the first `?`. */
const voided = `UPDATE resets SET state = 'voided', reason = ?, settled_at = UTC_TIMESTAMP(3)`;

/** Whether the account has had its resets of the day, or the last one a moment ago. */
const tooOften = `(SELECT COUNT(*) >= ? OR COUNT(IF(settled_at > UTC_TIMESTAMP(3) - INTERVAL (? * 1000) MICROSECOND, 1, NULL)) > 0
     FROM resets AS done WHERE done.account_id = ? AND done.state = 'activated' AND done.settled_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY)`;

function valuesOfTooOften({ accountId }: PreparedReset, limits: Limits): Value[] {
  return [limits.resetsPerAccountDay, limits.resetsApartMs, accountId];
}

/**
 * Voids the account's older prepared reset and records this one, unless the account is over its
 * limit. An activation need not count again: no other reset of the account can have been activated
 * since this one was prepared, because preparing it would have voided this one.
 */
export async function prepare(session: Session, reset: PreparedReset, limits: Limits): Promise<Preparation> {
  const state = await lockAccount(session, reset);
  if (state === null) return 'moved';
  if (!isResetAllowed(state, reset.isCallBack ?? false)) return 'blocked';
  if (await insertUnlessRefused(session, reset, limits)) return 'prepared';
  // Over the limit, or another call has prepared one. Which of these takes another look.
  const [seen] = await session.select<{ isTooOften: 0 | 1 }>(
    `SELECT ${tooOften} AS isTooOften`,
    valuesOfTooOften(reset, limits),
  );
  if (seen!.isTooOften) return 'too-often';
  await session.change(`${voided} WHERE prepared_account_id = ?`, [
    'superseded by another call',
    reset.accountId,
  ]);
  await session.change(`${insertReset} SELECT ${valuesOfReset}`, valuesOf(reset));
  return 'prepared';
}

const insertReset = 'INSERT INTO resets (id, call_id, account_id, state, prepared_at, expires_at)';
const valuesOfReset = `?, ?, ?, 'prepared', UTC_TIMESTAMP(3), ${later}`;

function valuesOf({ resetId, callId, accountId, lifetimeMs }: PreparedReset): Value[] {
  return [resetId, callId, accountId, lifetimeMs];
}

/** False, with nothing changed, if the account is over its limit or has a prepared reset. Needs the account's lock. */
async function insertUnlessRefused(session: Session, reset: PreparedReset, limits: Limits): Promise<boolean> {
  const inserted = await session.change(
    `${insertReset} SELECT ${valuesOfReset} FROM DUAL
     WHERE NOT ${tooOften} AND NOT EXISTS (SELECT 1 FROM resets AS prepared WHERE prepared.prepared_account_id = ?)`,
    [...valuesOf(reset), ...valuesOfTooOften(reset, limits), reset.accountId],
  );
  return inserted === 1;
}

/**
 * Gives the account its new hash. False, with nothing changed, if the reset cannot be activated.
 * True again if it was: an activation still under way holds the account's row, so this one waits for it.
 */
export async function activate(
  session: Session,
  activation: Activation,
  writer: AuditWriter,
): Promise<boolean> {
  const { resetId, accountId, callId, closing } = activation;
  if (!(await replacePassword(session, activation)))
    return (await readState(session, resetId)) === 'activated';
  if (!(await recordClosing(session, writer, callId, closing, { accountId, resetId })))
    throw new RegistryUnavailable('the registry refused: the call had ended before its reset was activated');
  await session.change(
    `INSERT INTO notification_outbox (reset_id, account_id, kind, created_at) VALUES (?, ?, 'password-changed', UTC_TIMESTAMP(3))`,
    [resetId, accountId],
  );
  return true;
}

/** One statement for both tables. It locks the account first, as {@link lockAccount} does. */
async function replacePassword(
  session: Session,
  { resetId, callId, accountId, phone, passwordHash, passwordValidMs, isCallBack = false }: Activation,
): Promise<boolean> {
  const changed = await session.change(
    `UPDATE accounts STRAIGHT_JOIN resets ON resets.account_id = accounts.id
     SET accounts.password_hash = ?, accounts.must_change = TRUE,
         accounts.password_expires_at = IF(? = 0, NULL, ${later}), accounts.updated_at = UTC_TIMESTAMP(3),
         resets.state = 'activated', resets.settled_at = UTC_TIMESTAMP(3)
     WHERE accounts.id = ? AND accounts.phone = ? AND accounts.phone_resets IN ('allowed', ?) AND resets.id = ? AND resets.call_id = ?
       AND resets.state = 'prepared' AND resets.expires_at > UTC_TIMESTAMP(3)`,
    [
      ...[passwordHash, passwordValidMs, passwordValidMs],
      ...[accountId, phone, isCallBack ? 'call-back' : 'allowed', resetId, callId],
    ],
  );
  if (changed !== 0 && changed !== 2)
    throw new RegistryUnavailable('the registry failed: account and reset did not change together');
  return changed === 2;
}

/** Voids one prepared reset. */
export async function voidOne(session: Session, resetId: string, reason: string): Promise<void> {
  await session.change(`${voided} WHERE id = ? AND state = 'prepared'`, [clip(reason), resetId]);
}

/** Voids the reset that a call has prepared. */
export async function voidOfCall(session: Session, callId: string, reason: string): Promise<void> {
  await session.change(`${voided} WHERE call_id = ? AND state = 'prepared'`, [clip(reason), callId]);
}

/** One query, the same whether the reset exists or not. */
export async function readState(session: Session, resetId: string): Promise<ResetState | null> {
  const [reset] = await session.select<{ state: ResetState }>('SELECT state FROM resets WHERE id = ?', [
    resetId,
  ]);
  return reset?.state ?? null;
}

/**
 * Deletes up to `count` resets that were prepared so many days ago; returns how many. Needs no transaction.
 * None of them can be activated any more, and no limit counts them.
 */
export function deleteOld(session: Session, days: number, count: number): Promise<number> {
  return session.change(
    'DELETE FROM resets WHERE prepared_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY ORDER BY prepared_at LIMIT ?',
    [String(days), String(count)],
  );
}

/**
 * Preparations, activations and blocks of one account take turns here. Returns whether it may be reset by phone;
 * null if it has another phone by now. An import that is changing it holds the row until it commits.
 */
async function lockAccount(
  session: Session,
  { accountId, phone }: Pick<PreparedReset, 'accountId' | 'phone'>,
): Promise<PhoneResets | null> {
  const [locked] = await session.select<{ state: PhoneResets }>(
    'SELECT phone_resets AS state FROM accounts WHERE id = ? AND phone = ? FOR UPDATE',
    [accountId, phone],
  );
  return locked?.state ?? null;
}
