/**
 * The statements of the reset protocol. Each function runs inside the caller's transaction.
 *
 * Rows are locked in the same order everywhere, accounts → resets → audit_log → calls, so that
 * deadlocks are rare. Nothing is decided on a row that was read without a lock: the row could change
 * before the decision takes effect, even at REPEATABLE READ.
 */
import type { Limits } from '../../accounts/limits.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import type { AccountId } from '../../registry/accounts.ts';
import type { Activation, PreparedReset, ResetState } from '../../registry/resets.ts';
import { clip, recordClosing, type AuditWriter } from '../audit/audit-log.ts';
import { isResetTooOften } from './limits.ts';
import type { Session } from '../database/session.ts';

/** The database's clock plus milliseconds, the one `?`. No other clock is used. */
const later = 'UTC_TIMESTAMP(3) + INTERVAL (? * 1000) MICROSECOND';

/** Voids resets for a reason, the first `?`. */
const voided = `UPDATE resets SET state = 'voided', password_hash = NULL, reason = ?, settled_at = UTC_TIMESTAMP(3)`;

/**
 * Voids the account's older prepared reset and records this one, unless the account is over its
 * limit. An activation need not count again: no other reset of the account can have been activated
 * since this one was prepared, because preparing it would have voided this one.
 */
export async function prepare(
  session: Session,
  reset: PreparedReset,
  limits: Limits,
): Promise<'prepared' | 'too-often'> {
  await lockAccount(session, reset.accountId);
  if (await isResetTooOften(session, reset.accountId, limits)) return 'too-often';
  await session.change(`${voided} WHERE prepared_account_id = ?`, [
    'superseded by another call',
    reset.accountId,
  ]);
  await session.change(
    `INSERT INTO resets (id, call_id, account_id, state, password_hash, prepared_at, expires_at)
     VALUES (?, ?, ?, 'prepared', ?, UTC_TIMESTAMP(3), ${later})`,
    [reset.resetId, reset.callId, reset.accountId, reset.passwordHash, reset.lifetimeMs],
  );
  return 'prepared';
}

interface LockedReset {
  state: ResetState;
  callId: string;
  isExpired: 0 | 1;
}

/** Gives the account the prepared hash. False, with nothing changed, if the reset cannot be activated. */
export async function activate(
  session: Session,
  { resetId, passwordValidMs, closing }: Activation,
  writer: AuditWriter,
): Promise<boolean> {
  const [owner] = await session.select<{ accountId: number }>(
    'SELECT account_id AS accountId FROM resets WHERE id = ?',
    [resetId],
  );
  if (owner === undefined) return false;
  await lockAccount(session, owner.accountId);
  const [reset] = await session.select<LockedReset>(
    'SELECT state, call_id AS callId, expires_at <= UTC_TIMESTAMP(3) AS isExpired FROM resets WHERE id = ? FOR UPDATE',
    [resetId],
  );
  if (reset?.state === 'activated') return true;
  if (reset?.state !== 'prepared' || reset.isExpired) return false;
  await replacePassword(session, resetId, passwordValidMs);
  const isTerminal = await recordClosing(session, writer, reset.callId, closing, {
    accountId: owner.accountId,
    resetId,
  });
  if (!isTerminal)
    throw new RegistryUnavailable('the registry refused: the call had ended before its reset was activated');
  await session.change(
    `INSERT INTO notification_outbox (reset_id, account_id, kind, created_at) VALUES (?, ?, 'password-changed', UTC_TIMESTAMP(3))`,
    [resetId, owner.accountId],
  );
  return true;
}

async function replacePassword(session: Session, resetId: string, passwordValidMs: number): Promise<void> {
  const replaced = await session.change(
    `UPDATE accounts JOIN resets ON resets.account_id = accounts.id
     SET accounts.password_hash = resets.password_hash, accounts.must_change = TRUE,
         accounts.password_expires_at = IF(? = 0, NULL, ${later}), accounts.updated_at = UTC_TIMESTAMP(3)
     WHERE resets.id = ? AND resets.state = 'prepared'`,
    [passwordValidMs, passwordValidMs, resetId],
  );
  const settled = await session.change(
    `UPDATE resets SET state = 'activated', password_hash = NULL, settled_at = UTC_TIMESTAMP(3) WHERE id = ? AND state = 'prepared'`,
    [resetId],
  );
  if (replaced !== 1 || settled !== 1)
    throw new RegistryUnavailable('the registry failed: the reset was changed under its lock');
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

/** Preparations and activations for one account take turns here. */
async function lockAccount(session: Session, accountId: AccountId): Promise<void> {
  await session.select('SELECT id FROM accounts WHERE id = ? FOR UPDATE', [accountId]);
}
