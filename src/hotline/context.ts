/** The two contexts of the script: what all calls of this process share, and who is on the line. */
import type { CallTimings } from '../call/call.ts';
import type { Utterance } from '../call/prompts.ts';
import type { Logger } from '../logger.ts';
import type { CallLedger } from '../records/call-ledger.ts';
import type { Accounts } from '../registry/accounts.ts';
import type { Attempts } from '../registry/attempts.ts';
import type { Resets } from '../registry/resets.ts';
import type { CallBackOrders } from './call-back/orders.ts';
import type { NoIdentityReason } from './ending.ts';

/** What all calls of this process share. */
export interface Hotline {
  /** This process: a new UUID on each start. */
  readonly instanceId: string;
  /** HASH_KEY, by which phones and codes are counted. */
  readonly hashKey: string;
  readonly registry: Accounts & Attempts & Resets;
  readonly ledger: CallLedger;
  readonly logger: Logger;
  readonly script: ScriptSettings;
  /** Null: nobody is called back. */
  readonly callBacks: CallBackOrders | null;
}

/** How the script asks and reads; each is a setting (docs/settings.md), or follows from the recordings. */
export interface ScriptSettings {
  readonly timings: CallTimings;
  /** Accepted numbers of digits of a code. */
  readonly codeLengths: readonly number[];
  /** How often a code may be keyed in one call. */
  readonly attemptsPerCall: number;
  /** Digits of a new password. */
  readonly passwordLength: number;
  /** Counted from the end of the second reading; 0: no expiry. */
  readonly passwordValidMinutes: number;
  /** How long a sentence takes to say, ms. */
  readonly speechMs: (sentence: readonly Utterance[]) => number;
}

/** One call, as the script sees it. */
export interface CallContext {
  readonly callId: string;
  /** When the call arrived, ms since the epoch. */
  readonly startedAt: number;
  /** Puts call id and channel id on every line. */
  readonly log: Logger;
}

/** A caller whose number is known, and how far it may be believed. */
export interface KnownCaller extends CallContext {
  /** E.164. */
  readonly phone: string;
  /** False: the number is only claimed. A match then leads to a call-back at most. */
  readonly isCertain: boolean;
}

/** A caller for whom nothing can be reset: no number, or none that can be believed. */
export interface UnknownCaller extends CallContext {
  readonly phone: null;
  readonly reason: NoIdentityReason;
}

export type Caller = KnownCaller | UnknownCaller;
