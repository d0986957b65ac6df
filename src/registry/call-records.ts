/** The branch that resets passwords, which key 8 leads to. Figures of how far callers got count its calls alone. */
export const resetBranch = 'reset';

/** How a call that reached the application ended. Exactly one of these per call (I5). */
export type CallOutcome =
  | 'changed' // a new password was stored; written by the activation itself
  | 'mismatch' // no attempts left, and at least one code did not match; or the account's number has changed since it matched
  | 'no-input' // the caller stayed silent
  | 'bad-input' // only codes of the wrong length
  | 'no-identity' // no caller ID, or none that can be trusted
  | 'operator' // the caller asked for a person
  | 'served' // a branch other than the resets did what it is for
  | 'limited' // over a limit across calls (limits.ts), all lines were busy, or the application was stopping
  | 'call-back' // matched; the registered number is called, and that call has a row of its own
  | 'not-answered' // of a call-back: no one picked up or pressed the key
  | 'hung-up' // before the change was committed
  | 'fault' // a fault of ours; the caller was told
  | 'interrupted'; // the application died during the call, or cut it to stop

/** How far a caller's number is believed. */
export type IdentityVerdict = 'asserted' | 'contradictory' | 'unasserted' | 'unattested' | 'withheld';

/** A call as it begins. `callId` is ours (UUID), so that it survives a restart of the PBX. */
export interface CallOpening {
  callId: string;
  /** The application process (registry/instances.ts). */
  instanceId: string;
  /** The PBX's channel id. */
  channelId: string;
  /** What the caller chose: the name of a file of hotline/branches/. Absent: not known any more. */
  branch?: string;
  /** For example `+84***5678`; empty without caller ID. */
  maskedPhone: string;
  /** `subjectKey` of the number that was asserted, claimed or called back; an officer finds the call by it. Null without a number. */
  phoneKey: string | null;
  /** The same under the key before the current one: calls and mismatches under it count too. Absent if the key was never changed. */
  phoneKeyBefore?: string;
  /** How far the number is believed (hotline/caller-identity.ts). Absent: not judged yet, or the number was called back. */
  identity?: IdentityVerdict;
  /** Whether it counts as one of the calls that its phone may have at once, and may be refused for that. Default true. */
  takesPlace?: boolean;
  /** `subjectKey` of the code that the call is about from the start, as a call-back is. A code keyed in the call replaces it. */
  codeKey?: string;
}

/**
 * Whether a call may be served (limits.ts).
 *
 * - `phone-busy`: its phone has as many calls here as it may have at once.
 * - `phone-over`: its phone has had as many mismatches as it may have.
 * - `ended`: it already has its terminal row.
 */
export type CallAdmission = 'admitted' | 'phone-busy' | 'phone-over' | 'ended';

/** What a caller did when asked for a code that no check saw: of it only the application knows. */
export interface UncheckedAnswers {
  /** Times nothing was keyed. */
  silences: number;
  /** Codes with too few digits, and one that was being keyed when the call ended. */
  incompleteCodes: number;
}

/** How a call ended, for its terminal row. Holds no secret and no full number. */
export interface CallClosing {
  outcome: CallOutcome;
  /** A few words, free of caller data: those of hotline/ending.ts. */
  reason: string;
  /** From opening to closing, ms. */
  durationMs: number;
  /** Absent: nothing that is known. */
  unchecked?: Readonly<UncheckedAnswers>;
  /** What happened in the call (call-steps.ts), as it is kept. Absent: not known, or kept later. */
  steps?: string;
}

/** How the audit says that a call ended. */
export type TerminalRow = Pick<CallClosing, 'outcome' | 'reason'>;

/** The row that stands when a call is closed. */
export interface StandingRow extends TerminalRow {
  /** Whether this closing wrote it; else the call had its row. */
  readonly isNew: boolean;
}

/** How a call ended that its application did not live to end. The application names the reason. */
export interface InterruptedEnding {
  readonly outcome: 'interrupted';
  readonly reason: string;
}

/** The port that records calls. Every method rejects with RegistryUnavailable. */
export interface CallRecords {
  /**
   * Records that a call has reached the application, and decides whether it may be served. A call that may
   * not be served still needs its closing, but does not count against the others of its phone. Safe
   * to repeat. `ended`: this id already has its terminal row, and nothing was recorded. Also rejects
   * with RegistryUnavailable while the call's instance has no lease (registry/instances.ts).
   */
  openCall(opening: CallOpening): Promise<CallAdmission>;
  /**
   * Writes the terminal audit row, unless the call already has one, and voids what the call has
   * prepared: nothing can be activated once its call has ended. Returns the terminal row that now
   * stands, this one or the earlier one. Also for a call whose opening could not be recorded. Safe
   * to repeat. Refunds nothing: an attempt without an answer is refunded by its id (accounts/attempt.ts).
   *
   * @param missed that opening, if it is known; needs no lease
   * @throws TypeError for `changed`: only an activation writes that
   */
  closeCall(callId: string, closing: CallClosing, missed?: CallOpening): Promise<StandingRow>;
  /**
   * Keeps the steps of calls, at least one, whose activations have written their terminal rows, once they are
   * complete. One statement. Safe to repeat: the first ones of each call stay.
   */
  keepSteps(kept: readonly KeptSteps[]): Promise<void>;
}

/** The steps of one call, as they are kept. */
export interface KeptSteps {
  readonly callId: string;
  /** See `joinSteps`. */
  readonly steps: string;
}
