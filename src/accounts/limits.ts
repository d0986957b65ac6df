/**
 * Limits that hold across calls, counted in the database (docs/adr/0013-limits.md). They throttle
 * guessing per phone and per code, and never lock an account.
 */
export interface Limits {
  /** Mismatches from one phone in any 60 minutes. After that its callers hear `try-later`. */
  readonly mismatchesPerPhoneHour: number;
  /** Mismatches from one phone in any 24 hours. */
  readonly mismatchesPerPhoneDay: number;
  /** Mismatches on one code in any 24 hours. After that every attempt on it sounds like a mismatch. */
  readonly mismatchesPerCodeDay: number;
  /** New passwords of one account in any 24 hours. */
  readonly resetsPerAccountDay: number;
  /** Shortest time between two new passwords of one account, ms. */
  readonly resetsApartMs: number;
  /** Calls in the application at once from one phone. */
  readonly callsPerPhone: number;
}

/** The defaults. */
export const shippedLimits: Limits = {
  mismatchesPerPhoneHour: 5,
  mismatchesPerPhoneDay: 10,
  mismatchesPerCodeDay: 10,
  resetsPerAccountDay: 3,
  resetsApartMs: 60_000,
  callsPerPhone: 2,
};
