import type { AccountId } from './accounts.ts';
import type { CallClosing } from './call-records.ts';

/** A reset of one account, offered to one caller. */
export interface OfferedReset {
  /** UUID chosen by the application, so that a lost answer can be looked up. */
  readonly resetId: string;
  readonly callId: string;
  readonly accountId: AccountId;
  /** E.164, as it was matched. An account that has another one by now, from an import, is left alone. */
  readonly phone: string;
  /** Whether it is offered in a call to that number, which the hotline has placed. Default false. */
  readonly isCallBack?: boolean;
}

/** A reset about to be offered to a caller. Nothing has been spoken yet. */
export interface PreparedReset extends OfferedReset {
  /** From now, ms. A prepared reset older than this can no longer be activated. */
  readonly lifetimeMs: number;
}

/** What makes a prepared reset the account's password. */
export interface Activation extends OfferedReset {
  /** PHC string, argon2id. Until now the registry has not had it. */
  readonly passwordHash: string;
  /** From now, ms; 0: the password does not expire. */
  readonly passwordValidMs: number;
  readonly closing: CallClosing;
}

/**
 * Whether a reset was prepared. In the other cases nothing was done.
 *
 * - `too-often`: the account has had its resets of the day, or the last one a moment ago.
 */
export type Preparation = 'prepared' | 'too-often' | NoLongerMatch;

/**
 * Why an account that has matched matches no more.
 *
 * - `moved`: it has another phone by now, or is gone.
 * - `blocked`: its resets by phone are blocked by now, or are allowed in a call-back only.
 */
export type NoLongerMatch = 'moved' | 'blocked';

export type ResetState = 'prepared' | 'activated' | 'voided';

/** The port of the reset protocol (docs/call-flow.md). Every method rejects with RegistryUnavailable. */
export interface Resets {
  /**
   * One transaction: voids the account's older prepared reset (I4) and records this one. A prepared
   * reset cannot come to exceed the limit of resets before it is activated.
   */
  prepareReset(reset: PreparedReset): Promise<Preparation>;
  /**
   * One transaction: the account gets the hash, must-change and expiry; the reset becomes activated;
   * the call gets its terminal audit row (`changed`), the outbox its notification.
   *
   * Returns false, with nothing changed, if the reset is no longer prepared, has expired, or its
   * account has another phone by now, or is blocked. Returns true again if this reset was activated before. Rejects, with nothing changed, if the call already
   * has its terminal row: a reset must not outlive its call.
   */
  activateReset(activation: Activation): Promise<boolean>;
  /** Null if no reset has this id. */
  readReset(resetId: string): Promise<ResetState | null>;
  /** Voids a prepared reset; has no effect on any other. */
  voidReset(resetId: string, reason: string): Promise<void>;
}
