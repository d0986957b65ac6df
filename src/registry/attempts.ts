/** A code about to be checked. */
export interface AttemptCharge {
  /** UUID chosen by the application. */
  attemptId: string;
  callId: string;
  /** `subjectKey` of the caller's number. */
  phoneKey: string;
  /** `subjectKey` of the code. */
  codeKey: string;
}

/**
 * Whether an attempt may be checked (accounts/limits.ts). Only `phone-over` is not charged.
 *
 * - `code-over`: charged to the phone alone. The caller hears a mismatch, whatever the check finds.
 */
export type AttemptAdmission = 'admitted' | 'code-over' | 'phone-over';

/** The port that counts attempts. Every method rejects with RegistryUnavailable. */
export interface Attempts {
  /**
   * One transaction, before the check that it guards: counts what the phone and the code were charged
   * within their windows, and charges this attempt to both. Attempts of one phone or one code take
   * turns, so together they never exceed the limit. Counts survive any restart. Safe to repeat: an
   * attempt that was charged before gets the same answer and is not charged again.
   */
  chargeAttempt(charge: AttemptCharge): Promise<AttemptAdmission>;
  /**
   * Records what the check found: a match is refunded to phone and code, a mismatch stays charged. So
   * does an attempt that is never settled. One statement, the same for both results.
   */
  settleAttempt(attemptId: string, result: 'match' | 'mismatch'): Promise<void>;
  /** Refunds an attempt to phone and code, settled or not. Safe to repeat. */
  refundAttempt(attemptId: string): Promise<void>;
}
