/** The statements that block and allow resets by phone. */
import {
  blockActs,
  type AccountBlock,
  type BlockAnswer,
  type BlockChange,
} from '../../registry/account-blocks.ts';
import { recordAct } from '../audit/act-row.ts';
import { clip, type AuditWriter } from '../audit/audit-log.ts';
import { readUtc } from '../database/utc.ts';
import type { Session } from '../database/session.ts';
import { readCodes } from './account-codes.ts';

type BlockRow = Omit<AccountBlock, 'since'> & { readonly id: number; readonly since: string | null };

const selectBlock = `SELECT id, phone_resets AS state, CAST(phone_resets_since AS CHAR) AS since,
  phone_resets_by AS \`by\`, phone_resets_reason AS reason FROM accounts`;

function blockOf({ state, since, by, reason }: BlockRow): AccountBlock {
  return { state, since: since === null ? null : readUtc(since), by, reason };
}

/** Null: no account has this code. */
export async function read(session: Session, code: string): Promise<AccountBlock | null> {
  const [bhxhCode] = await readCodes(session, code);
  const [row] = await session.select<BlockRow>(`${selectBlock} WHERE bhxh_code = ?`, [bhxhCode]);
  return row === undefined ? null : blockOf(row);
}

/**
 * Inside the caller's transaction. An activation of the account, or another change, holds its row until it has
 * committed, so this one waits for it, and the next one for this.
 */
export async function set(
  session: Session,
  { bhxhCode: code, state, reason, user, codeKey, seen }: BlockChange,
  writer: AuditWriter,
): Promise<BlockAnswer> {
  const [bhxhCode] = await readCodes(session, code);
  const [row] = await session.select<BlockRow>(`${selectBlock} WHERE bhxh_code = ? FOR UPDATE`, [bhxhCode]);
  const now = row === undefined ? null : blockOf(row);
  if (row === undefined || now?.since?.getTime() !== seen?.getTime()) {
    await recordAct(session, writer, { user, what: { kind: 'looked at account' }, codeKey });
    return now === null ? { kind: 'no-account' } : { kind: 'changed-meanwhile', now };
  }
  await session.change(
    `UPDATE accounts SET phone_resets = ?, phone_resets_reason = ?, phone_resets_by = ?, phone_resets_since = UTC_TIMESTAMP(3)
     WHERE id = ?`,
    [state, clip(reason), clip(user, 64), row.id],
  );
  await recordAct(session, writer, { user, what: { kind: blockActs[state], reason }, codeKey });
  return { kind: 'changed' };
}
