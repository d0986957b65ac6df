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
  | 'limited' // over a limit that holds across calls (limits.ts); the caller was told to try later
  | 'call-back' // matched; the registered number is called, and that call has a row of its own
  | 'not-answered' // of a call-back: nobody picked up, or nobody pressed the key
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
  /** `subjectKey` of the number, asserted, only claimed, or called back: what an officer finds the call by. Null without one. */
  phoneKey: string | null;
  /** Whether it is one of the calls that its phone may have at once, and is turned away with them. Absent: it is. */
  takesPlace?: boolean;
  /** `subjectKey` of the code that a call is about from the start, as a call-back is; a code keyed in the call replaces it. */
  codeKey?: string;
}

/**
 * Whether a call may be served (limits.ts).
 *
 * - `phone-busy`: its phone has as many calls here as it may have at once.
 * - `phone-over`: its phone has had as many mismatches as it may have.
 * - `ended`: it has its terminal row already.
 */
export type CallAdmission = 'admitted' | 'phone-busy' | 'phone-over' | 'ended';

/** A code about to be checked. */
export interface EntryCharge {
  /** UUID chosen by the application. */
  entryId: string;
  callId: string;
  /** `subjectKey` of the caller's number. */
  phoneKey: string;
  /** `subjectKey` of the code. */
  codeKey: string;
}

/**
 * Whether an entry may be checked (limits.ts). Of the three only `phone-over` is not charged.
 *
 * - `code-over`: charged to the phone alone. Whatever the check finds, the caller hears a mismatch.
 */
export type EntryAdmission = 'admitted' | 'code-over' | 'phone-over';

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
  /**
   * One transaction, before the check it guards: counts what the phone and the code have been
   * charged in their windows, and charges this entry to both. Entries of one phone or one code
   * take turns, so that together they never pass the limit. Counts survive any restart. An entry
   * charged before gets the same answer and is not charged again.
   */
  chargeEntry(charge: EntryCharge): Promise<EntryAdmission>;
  /**
   * Says what the check of an entry found: a `match` is given back to phone and code, a `mismatch`
   * stays charged, and so does what was never settled. The same single statement for both.
   */
  settleEntry(entryId: string, result: 'match' | 'mismatch'): Promise<void>;
  /**
   * One transaction: voids the account's older prepared reset (I4) and records this one. Does
   * nothing and returns `too-often` if the account has had its resets of the day, or the last one
   * a moment ago; what was prepared cannot exceed that limit any more when it is activated.
   */
  prepareReset(reset: PreparedReset): Promise<'prepared' | 'too-often'>;
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
   * Records that a call has reached branch 8, and whether it may be served; one that may not still
   * needs its closing, but takes no place from others. Safe to repeat. `ended`: this id has its
   * terminal row already, and nothing was recorded.
   */
  openCall(opening: CallOpening): Promise<CallAdmission>;
  /**
   * Writes the terminal audit row, unless the call already has one, and voids what the call has
   * prepared: nothing can be activated once its call has ended. Also for a call whose opening
   * could not be recorded. Safe to repeat. `changed` is the activation's alone to write: with it
   * this does nothing. A `fault` gives back what the call was charged and never settled: the
   * caller heard no answer to it.
   */
  closeCall(callId: string, closing: CallClosing): Promise<void>;
  /**
   * Closes as `interrupted` every call that another instance of this application on this machine
   * opened and did not close, and voids their prepared resets. Returns how many calls there were.
   */
  closeInterruptedCalls(instanceId: string): Promise<number>;
}

/** The database could not be reached, or did not answer in time. */
export class RegistryUnavailable extends Error {
  override readonly name = 'RegistryUnavailable';
}
