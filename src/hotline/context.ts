/** The two contexts of the script: what all calls of this process share, and who is on the line. */
import type { DrawDigit } from '../accounts/password.ts';
import type { HashKeys } from '../accounts/subject-key.ts';
import type { CallTimings } from '../call/call.ts';
import type { Utterance } from '../call/prompts.ts';
import type { Logger } from '../logger.ts';
import type { CallLedger } from '../records/call-ledger.ts';
import type { AccountCodes } from '../registry/account-codes.ts';
import type { Attempts } from '../registry/attempts.ts';
import type { CallBackRegister } from '../registry/call-backs.ts';
import type { UncheckedAnswers } from '../registry/call-records.ts';
import type { Resets } from '../registry/resets.ts';
import type { CallBackOrders } from './call-back/orders.ts';
import type { NoIdentityReason } from './ending.ts';

/** What all calls of this process share. */
export interface Hotline {
  /** This process: a new UUID on each start. */
  readonly instanceId: string;
  /** NODE_NAME. */
  readonly node: string;
  /** For the keyed hashes by which phones and codes are counted. */
  readonly hashKeys: HashKeys;
  readonly registry: AccountCodes & Attempts & Resets & CallBackRegister;
  readonly ledger: CallLedger;
  readonly logger: Logger;
  readonly script: ScriptSettings;
  /** Null: call-backs are off. */
  readonly callBacks: CallBackOrders | null;
  /** Draws the digits of passwords in a simulation, which can be repeated. Absent: the system's CSPRNG does. */
  readonly drawDigit?: DrawDigit;
}

/**
 * How the script asks and reads. Each value is a setting (docs/settings.md) or follows from the
 * recordings.
 */
export interface ScriptSettings {
  readonly timings: CallTimings;
  /** Accepted lengths of a code, in digits. */
  readonly codeLengths: readonly number[];
  /** Attempts in one call. */
  readonly attemptsPerCall: number;
  /** Length of a new password, in digits. */
  readonly passwordLength: number;
  /** From when it is told, after the second reading; 0: no expiry, or one of those with a prompt. */
  readonly passwordValidMinutes: number;
  /** How long a sentence takes to say, ms. */
  readonly speechMs: (sentence: readonly Utterance[]) => number;
}

/** One call: its ids, its clock, its log, and what its row will say. */
export interface CallContext {
  readonly callId: string;
  /** When the call arrived, ms on the clock of performance.now(), which nobody sets. */
  readonly startedAt: number;
  /** Counted while the caller is asked for a code. */
  readonly unchecked: UncheckedAnswers;
  /** The call gets its terminal row no sooner than this has settled, however early the caller hangs up. */
  readonly keepOpenFor: (work: Promise<unknown>) => void;
  /** Puts call id and channel id on every line. */
  readonly log: Logger;
}

/** A caller whose number is known, and whether it is certain. */
export interface KnownCaller extends Pick<CallContext, 'callId' | 'startedAt' | 'unchecked' | 'keepOpenFor'> {
  /** E.164. */
  readonly phone: string;
  /** False: the number is only claimed, so a match leads to a call-back at most. */
  readonly isCertain: boolean;
}

/** A caller for whom nothing can be reset: no number, or one that cannot be believed. */
export interface UnknownCaller {
  readonly phone: null;
  readonly reason: NoIdentityReason;
}

export type Caller = KnownCaller | UnknownCaller;
