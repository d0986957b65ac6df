/** The statements that count calls back to registered numbers. */
import { isResetAllowed, type PhoneResets } from '../../registry/account-blocks.ts';
import type { CallBackAnswer, CallBackRequest } from '../../registry/call-backs.ts';
import type { Session } from '../database/session.ts';

/** Counts and records a call-back, inside the caller's transaction. */
export async function request(
  session: Session,
  { callBackId, accountId, perNumberDay }: CallBackRequest,
): Promise<CallBackAnswer> {
  const [account] = await session.select<{ phone: string }>('SELECT phone FROM accounts WHERE id = ?', [
    accountId,
  ]);
  if (account === undefined) return 'moved';
  // Requests for one number take turns here, whichever of its accounts they are for.
  const sharing = await session.select<{ id: number; state: PhoneResets }>(
    'SELECT id, phone_resets AS state FROM accounts WHERE phone = ? ORDER BY id FOR UPDATE',
    [account.phone],
  );
  const own = sharing.find(({ id }) => id === accountId);
  if (own === undefined) return 'moved';
  if (!isResetAllowed(own.state, true)) return 'blocked';
  const [seen] = await session.select<{ callBacks: number; isRecorded: 0 | 1 }>(
    `SELECT COUNT(*) AS callBacks, EXISTS (SELECT 1 FROM call_backs WHERE id = ?) AS isRecorded
     FROM call_backs JOIN accounts ON accounts.id = call_backs.account_id
     WHERE accounts.phone = ? AND call_backs.requested_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY`,
    [callBackId, account.phone],
  );
  const { callBacks, isRecorded } = seen!; // COUNT without GROUP BY has one row
  if (isRecorded) return { number: account.phone };
  if (callBacks >= perNumberDay) return 'over';
  await session.change(
    'INSERT INTO call_backs (id, account_id, requested_at) VALUES (?, ?, UTC_TIMESTAMP(3))',
    [callBackId, accountId],
  );
  return { number: account.phone };
}

/** Deletes up to `count` calls back that are older than the limit counts; returns how many. Needs no transaction. */
export function deleteOld(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM call_backs WHERE requested_at < UTC_TIMESTAMP(3) - INTERVAL 2 DAY ORDER BY requested_at LIMIT ?',
    [String(count)],
  );
}
