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

/** The terminal row of a call. Carries no secret and no full number. */
export interface CallClosing {
  outcome: CallOutcome;
  /** Short machine-readable detail, for example `hung up at first reading`. */
  reason: string;
  /** From opening to closing, ms. */
  durationMs: number;
}

/** How the audit says that a call ended. */
export type TerminalRow = Pick<CallClosing, 'outcome' | 'reason'>;

/** The port by which calls are recorded. Every method rejects with RegistryUnavailable. */
export interface CallRecords {
  /**
   * Records that a call has reached branch 8, and whether it may be served; one that may not still
   * needs its closing, but takes no place from others. Safe to repeat. `ended`: this id has its
   * terminal row already, and nothing was recorded.
   */
  openCall(opening: CallOpening): Promise<CallAdmission>;
  /**
   * Writes the terminal audit row, unless the call already has one, and voids what the call has
   * prepared: nothing can be activated once its call has ended. Returns the terminal row that now
   * stands, this one or the earlier one. Also for a call whose opening could not be recorded. Safe
   * to repeat. A `fault` refunds what the call was charged and never settled: the caller heard no
   * answer to it.
   *
   * @throws TypeError for `changed`: only an activation writes that
   */
  closeCall(callId: string, closing: CallClosing): Promise<TerminalRow>;
  /**
   * Closes with `ending` every call that another instance of this application on this machine opened
   * and did not close, and voids their prepared resets. Returns how many calls there were.
   */
  closeInterruptedCalls(
    instanceId: string,
    ending: { outcome: 'interrupted'; reason: string },
  ): Promise<number>;
}
