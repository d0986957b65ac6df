import type { AccountId } from './accounts.ts';
import type { CallClosing } from './call-records.ts';

/** A reset about to be offered to a caller. Nothing has been spoken yet. */
export interface PreparedReset {
  /** UUID chosen by the application, so that a lost answer can be looked up. */
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

/** The port of the reset protocol (docs/call-flow.md). Every method rejects with RegistryUnavailable. */
export interface Resets {
  /**
   * One transaction: voids the account's older prepared reset (I4) and records this one. Does nothing
   * and returns `too-often` if the account has had its resets of the day, or the last one a moment
   * ago. A prepared reset cannot come to exceed that limit before it is activated.
   */
  prepareReset(reset: PreparedReset): Promise<'prepared' | 'too-often'>;
  /**
   * One transaction: the account gets the hash, must-change and expiry; the reset becomes activated;
   * the call gets its terminal audit row (`changed`), the outbox its notification.
   *
   * Returns false, with nothing changed, if the reset is no longer prepared or has expired. Returns
   * true again if this reset was activated before. Rejects, with nothing changed, if the call already
   * has its terminal row: a reset must not outlive its call.
   */
  activateReset(activation: Activation): Promise<boolean>;
  /** Null if no reset has this id. */
  readReset(resetId: string): Promise<ResetState | null>;
  /** Voids a prepared reset; has no effect on any other. */
  voidReset(resetId: string, reason: string): Promise<void>;
}
