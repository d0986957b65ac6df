/**
 * The ports of the registry: what the rules in this folder need from a database. Implemented by
 * `mysql/` (MySQL and MariaDB) and by the in-memory registry of the tests; one contract suite
 * runs on all of them.
 */

/** Surrogate key of an account. Tables that are not the registry itself hold this, never the code. */
export type AccountId = number;

/** How a call that reached branch 8 ended. Exactly one of these per call (I5). */
export type CallOutcome =
  | 'changed' // a new password was stored; written by the activation itself
  | 'mismatch' // the last entry did not match, no entries left or caller gave up
  | 'no-input' // the caller stayed silent
  | 'bad-input' // entries of the wrong length only
  | 'no-identity' // no caller ID, or not one that can be trusted
  | 'operator' // the caller asked for a person
  | 'hung-up' // before the change was committed
  | 'fault' // something of ours failed, and the caller was told
  | 'interrupted'; // the application died during the call; written when it is back

/** A call as it begins. `callId` is ours (UUID), so that it survives a restart of the PBX. */
export interface CallOpening {
  callId: string;
  /** One running application process; a new one on each start. UUID. */
  instanceId: string;
  /** The PBX's channel id. */
  channelId: string;
  /** For example `+84912***678`; empty without caller ID. */
  maskedPhone: string;
}

/** The terminal row of a call. Carries no secret and no full number. */
export interface CallClosing {
  outcome: CallOutcome;
  /** Short machine-readable detail, for example `hung up at first reading`. */
  reason: string;
  /** From opening to closing, ms. */
  durationMs: number;
}

/** A reset about to be offered to a caller; nothing has been spoken yet. */
export interface PreparedReset {
  /** UUID chosen by the application, so that a lost answer can be settled by reading it back. */
  resetId: string;
  callId: string;
  accountId: AccountId;
  /** PHC string, argon2id. */
  passwordHash: string;
  /** From now, ms. A prepared reset older than this can no longer be activated. */
  lifetimeMs: number;
}

/** What makes a prepared reset the account's password. */
export interface Activation {
  resetId: string;
  /** From now, ms; 0: the password does not expire. */
  passwordValidMs: number;
  closing: CallClosing;
}

export type ResetState = 'prepared' | 'activated' | 'voided';

/**
 * Every method rejects with {@link RegistryUnavailable} when the database cannot be reached or
 * does not answer in time; the work may or may not have been done then. No error message of
 * theirs carries a code, a phone number or a hash.
 */
export interface Registry {
  /**
   * The account of this pair, or null. The same single query whether the code exists or not.
   * `phone` is E.164.
   */
  findAccount(bhxhCode: string, phone: string): Promise<AccountId | null>;
  /** One transaction: voids the account's older prepared reset (I4) and records this one. */
  prepareReset(reset: PreparedReset): Promise<void>;
  /**
   * One transaction: the account gets the hash, must-change and expiry; the reset becomes
   * activated; the call gets its terminal audit row (`changed`), the outbox its notification.
   *
   * Returns false, with nothing changed, if the reset is no longer prepared or has expired.
   * Returns true again if this very reset has already been activated. Rejects, with nothing
   * changed, if the call has its terminal row already: a reset must not outlive its call.
   */
  activateReset(activation: Activation): Promise<boolean>;
  /** Null if no reset has this id. */
  readReset(resetId: string): Promise<ResetState | null>;
  /** Makes a prepared reset void; does nothing to any other. */
  voidReset(resetId: string, reason: string): Promise<void>;

  /**
   * Records that a call has reached branch 8. Safe to repeat. `ended`: this id has its terminal
   * row already, and nothing was recorded.
   */
  openCall(opening: CallOpening): Promise<'open' | 'ended'>;
  /**
   * Writes the terminal audit row, unless the call already has one, and voids what the call has
   * prepared: nothing can be activated once its call has ended. Also for a call whose opening
   * could not be recorded. Safe to repeat. `changed` is the activation's alone to write: with it
   * this does nothing.
   */
  closeCall(callId: string, closing: CallClosing): Promise<void>;
  /**
   * Closes as `interrupted` every call that another instance of this application opened and did
   * not close, and voids their prepared resets. Returns how many calls there were.
   */
  closeInterruptedCalls(instanceId: string): Promise<number>;
}

/** The database could not be reached, or did not answer in time. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
}
