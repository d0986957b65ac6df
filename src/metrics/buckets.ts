/** Bounds of histograms, seconds. */

/** A call, from its arrival to its end. */
export const callBuckets = [5, 15, 30, 60, 90, 120, 180, 300, 600];
/** A step: an answer within milliseconds, or a sentence of half a minute. */
export const stepBuckets = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
/** Silence: below 1 s nobody notices it, beyond 3 s callers hang up. */
export const silenceBuckets = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];
/** An answer of Asterisk, of the database, or a hash. */
export const answerBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

export function seconds(ms: number): number {
  return ms / 1000;
}
