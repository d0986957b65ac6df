/** Blocks of accounts, for the registry in memory. */
import {
  blockActs,
  type AccountBlock,
  type BlockAnswer,
  type BlockChange,
} from '../registry/account-blocks.ts';
import type { Act, OfficerAct } from '../registry/officer-acts.ts';
import { findByCode } from './memory-codes.ts';
import type { MemoryAccount } from './memory-rows.ts';

/** The block of the account with this code; null without one. */
export function blockIn(accounts: readonly MemoryAccount[], bhxhCode: string): AccountBlock | null {
  return findByCode(accounts, bhxhCode)?.block ?? null;
}

/** Changes it, if nobody has meanwhile; either way the act is recorded. */
export function setBlockIn(
  accounts: readonly MemoryAccount[],
  acts: OfficerAct[],
  { bhxhCode, user, codeKey, state, reason, seen }: BlockChange,
): BlockAnswer {
  const account = findByCode(accounts, bhxhCode);
  const now = account?.block;
  const isAsSeen = now?.since?.getTime() === seen?.getTime();
  const what: Act =
    now !== undefined && isAsSeen ? { kind: blockActs[state], reason } : { kind: 'looked at account' };
  acts.push({ user, what, codeKey });
  if (account === undefined) return { kind: 'no-account' };
  if (!isAsSeen) return { kind: 'changed-meanwhile', now: account.block };
  account.block = { state, reason, by: user, since: new Date() };
  return { kind: 'changed' };
}
