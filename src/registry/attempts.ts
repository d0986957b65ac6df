import type { AccountId } from './accounts.ts';
import type { Preparation, PreparedReset } from './resets.ts';

/** A code about to be checked. */
export interface KeyedCode {
  /** UUID chosen by the application. */
  readonly attemptId: string;
  readonly callId: string;
  /** The first code of the person whose code was keyed (registry/account-codes.ts); the keyed one if that has not the form of another, or is nobody's. */
  readonly bhxhCode: string;
  /** E.164. */
  readonly phone: string;
  /** `subjectKey` of the caller's number. */
  readonly phoneKey: string;
  /** `subjectKey` of this code. */
  readonly codeKey: string;
  /** Both under the key before the current one; what was charged under them counts too. Absent if the key was never changed. */
  readonly before?: { readonly phoneKey: string; readonly codeKey: string };
  /** Whether the registered number can be called back. Without it a code that may only be served so is a mismatch. Default false. */
  readonly canCallBack?: boolean;
  /** Prepared if the code matches and the password may be said in this call. Absent: it may not. */
  readonly reset?: Pick<PreparedReset, 'resetId' | 'lifetimeMs'>;
}

/**
 * Whether an attempt may be checked (accounts/limits.ts). Only `phone-over` is not charged.
 *
 * - `code-over`: charged to the phone alone. The caller hears a mismatch, whatever the check finds.
 */
export type AttemptAdmission = 'admitted' | 'code-over' | 'phone-over';

export interface AttemptAnswer {
  readonly admission: AttemptAdmission;
  /**
   * The account with this pair of code and phone; null if no account has it, its resets by phone are blocked
   * (registry/account-blocks.ts), or the attempt was not admitted.
   */
  readonly accountId: AccountId | null;
  /**
   * What became of the reset that was to be prepared. Absent: none was, so that the account may only be served in
   * a call to its registered number. That is so without `reset`, for a code over its limit, and for an account
   * that is restricted to call-backs.
   */
  readonly preparation?: Preparation;
  /** Codes that the account's person has beside the first. Absent: none, or no account. */
  readonly otherCodes?: readonly string[];
}

/** The port that checks codes and counts attempts. Every method rejects with RegistryUnavailable. */
export interface Attempts {
  /**
   * One transaction: counts what the phone and the code were charged within their windows, looks for the
   * account, and charges the attempt to both, unless it matches and is admitted; a blocked account matches nothing.
   * Where it is, prepares the reset too, as `Resets.prepareReset` does. Nothing is known before
   * all of it is committed. Attempts of one phone or one code take turns, so together they never exceed
   * the limit. Counts survive any restart. The work is the same whether the code exists, is blocked, or neither.
   *
   * Safe to repeat with another `resetId`: an attempt that was charged before gets the same admission and is not
   * charged again, and a reset that it prepared before is voided by the new one.
   */
  checkAttempt(attempt: KeyedCode): Promise<AttemptAnswer>;
  /** Refunds an attempt to phone and code. Safe to repeat. */
  refundAttempt(attemptId: string): Promise<void>;
}
