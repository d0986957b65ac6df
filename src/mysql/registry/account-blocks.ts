/** The statements that block and allow resets by phone. */
import { blockActs, type AccountBlock, type BlockChange } from '../../registry/account-blocks.ts';
import { recordAct } from '../audit/act-row.ts';
import { clip, type AuditWriter } from '../audit/audit-log.ts';
import { readUtc } from '../database/utc.ts';
import type { Session } from '../database/session.ts';

/** Null: no account has this code. */
export async function read(session: Session, bhxhCode: string): Promise<AccountBlock | null> {
  const [account] = await session.select<Omit<AccountBlock, 'since'> & { since: string | null }>(
    `SELECT phone_resets AS state, CAST(phone_resets_since AS CHAR) AS since, phone_resets_by AS \`by\`, phone_resets_reason AS reason
     FROM accounts WHERE bhxh_code = ?`,
    [bhxhCode],
  );
  if (account === undefined) return null;
  return { ...account, since: account.since === null ? null : readUtc(account.since) };
}

/**
 * Inside the caller's transaction. An activation of the account holds its row until it has committed, so this one
 * waits for it, and the next one for this.
 */
export async function set(
  session: Session,
  { bhxhCode, state, reason, user, codeKey }: BlockChange,
  writer: AuditWriter,
): Promise<boolean> {
  const [account] = await session.select<{ id: number }>(
    'SELECT id FROM accounts WHERE bhxh_code = ? FOR UPDATE',
    [bhxhCode],
  );
  if (account === undefined) {
    await recordAct(session, writer, { user, what: { kind: 'looked at account' }, codeKey });
    return false;
  }
  await session.change(
    `UPDATE accounts SET phone_resets = ?, phone_resets_reason = ?, phone_resets_by = ?, phone_resets_since = UTC_TIMESTAMP(3)
     WHERE id = ?`,
    [state, clip(reason), clip(user, 64), account.id],
  );
  await recordAct(session, writer, { user, what: { kind: blockActs[state], reason }, codeKey });
  return true;
}
