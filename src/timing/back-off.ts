/** How long to wait before trying again, for everything that tries again. */

export interface BackOff {
  /** Delay before the second try, ms; doubled for each further one. */
  readonly firstMs: number;
  /** The delay never exceeds this, ms. */
  readonly maxMs: number;
  /**
   * Random numbers from 0 up to 1: makes half of each delay random, so that clients that failed
   * together do not come back together. Absent: no jitter.
   */
  readonly jitter?: () => number;
}

/**
 * Returns the delay after the n-th failed attempt, in whole ms, counting from 1.
 *
 * @example
 * const delayMs = backOff({ firstMs: 250, maxMs: 10_000 });
 * [1, 2, 3, 10].map(delayMs) // [250, 500, 1000, 10000]
 */
export function backOff({ firstMs, maxMs, jitter = () => 1 }: BackOff): (attempt: number) => number {
  return (attempt) => {
    const fullMs = Math.min(maxMs, firstMs * 2 ** (attempt - 1));
    return Math.round((fullMs / 2) * (1 + jitter()));
  };
}
