/** Whether an account's password may be reset by phone (docs/adr/0054). */
import type { Act } from './officer-acts.ts';

/**
 * - `call-back`: only in a call to the registered number, which the hotline places.
 * - `blocked`: not at all. To a caller it sounds like a mismatch, in the same time.
 */
export const phoneResetStates = ['allowed', 'call-back', 'blocked'] as const;
export type PhoneResets = (typeof phoneResetStates)[number];

/** Whether a new password may be read out. @param isCallBack in a call to the registered number */
export function isResetAllowed(state: PhoneResets, isCallBack: boolean): boolean {
  return state === 'allowed' || (state === 'call-back' && isCallBack);
}

/** What may be reset, and who has said so. */
export interface AccountBlock {
  readonly state: PhoneResets;
  /** Null, like `by` and `reason`: as it was from the beginning. */
  readonly since: Date | null;
  /** A user, as audit rows name one. */
  readonly by: string | null;
  readonly reason: string | null;
}

/** How the audit row of a change names it. */
export const blockActs = {
  allowed: 'allowed resets by phone',
  'call-back': 'restricted resets by phone to call-backs',
  blocked: 'blocked resets by phone',
} as const satisfies Record<PhoneResets, Act['kind']>;

export interface BlockChange {
  /** Any of the person's codes. */
  readonly bhxhCode: string;
  readonly state: PhoneResets;
  /** Without fault by `blockReasonFault` (accounts/block-reason.ts). */
  readonly reason: string;
  /** As in an `OfficerAct`. */
  readonly user: string;
  /** `subjectKey` of the code. */
  readonly codeKey: string;
  /** `since` of the state that the user was shown: what has been said after it is not overwritten unseen. */
  readonly seen: Date | null;
}

/**
 * - `no-account`: none has this code.
 * - `changed-meanwhile`: the account is no longer as it was seen, but as in `now`.
 *
 * With either nothing is changed, and that the account was asked for is on record as a look at it.
 */
export type BlockAnswer =
  | { readonly kind: 'changed' }
  | { readonly kind: 'no-account' }
  | { readonly kind: 'changed-meanwhile'; readonly now: AccountBlock };

/** The port by which resets are blocked and allowed. Rejects with RegistryUnavailable. */
export interface AccountBlocks {
  /** @param bhxhCode any of the person's codes. Null: no account has it. Records nothing: a look at an account is an act of its own. */
  readBlock(bhxhCode: string): Promise<AccountBlock | null>;
  /**
   * One transaction: compares the account with what was seen, changes it and writes the act's audit row. Of two
   * changes at the same moment one answers `changed`. Once it has, no call can change the password against it, not
   * even one that has matched and is hearing it.
   */
  setBlock(change: BlockChange): Promise<BlockAnswer>;
}
