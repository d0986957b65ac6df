/**
 * How often is too often: limits that hold across calls, counted in the database (docs/adr/0013-limits.md).
 * They throttle guessing per phone and per code, and never lock an account.
 */
export interface Limits {
  /** Codes keyed on one phone that did not match, in any 60 minutes; the next caller hears `try-later`. */
  readonly mismatchesPerPhoneHour: number;
  /** The same in any 24 hours. */
  readonly mismatchesPerPhoneDay: number;
  /** Entries of one code that did not match, in any 24 hours; from then on every entry of it sounds like a mismatch. */
  readonly mismatchesPerCodeDay: number;
  /** New passwords of one account in any 24 hours. */
  readonly resetsPerAccountDay: number;
  /** From one new password of an account to the next. */
  readonly resetsApartMs: number;
  /** Calls that one phone may have in branch 8 at the same time. */
  readonly callsPerPhone: number;
}

/** What applies unless the configuration says otherwise. */
export const shippedLimits: Limits = {
  mismatchesPerPhoneHour: 5,
  mismatchesPerPhoneDay: 10,
  mismatchesPerCodeDay: 10,
  resetsPerAccountDay: 3,
  resetsApartMs: 60_000,
  callsPerPhone: 2,
};
