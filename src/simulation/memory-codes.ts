/** The codes of people, for the registry in memory. */
import type { PersonCodes } from '../registry/account-codes.ts';
import type { MemoryAccount } from './memory-rows.ts';

/** The account with this code, whichever of its codes that is. */
export function findByCode(accounts: readonly MemoryAccount[], code: string): MemoryAccount | undefined {
  return accounts.find(({ bhxhCode, otherCodes }) => [bhxhCode, ...otherCodes].includes(code));
}

export function codesIn(accounts: readonly MemoryAccount[], code: string): PersonCodes {
  const account = findByCode(accounts, code);
  return account === undefined ? [code] : [account.bhxhCode, ...account.otherCodes];
}
