/**
 * How the time of a reader grows with its input. Measured in processor time of this thread, the
 * smallest of several attempts, so that other work on the machine counts for nothing; and as a ratio of
 * two lengths, so that a slow machine does not either.
 */

/** The longer input, in characters, and how much shorter the other is. */
const long = 64_000;
const times = 32;
/** Time grows 32-fold if it is linear, and 1024-fold if it is quadratic: half way between, by ratio. */
const between = 180;
/** Shorter times are too short to be compared, ms; what reads 64,000 characters within 180 times this is fast enough. */
const shortestMs = 0.2;
const attempts = 4;
/** More than any accident, ms. */
const hopelessMs = 1000;

/**
 * How often longer it takes to read 32 times as much. 1 if it takes no time worth mentioning. What grows
 * too fast is measured again between two long inputs: neither time is then too short to be compared, and
 * a collection of garbage is a part of either.
 */
export function growthOf(read: (text: string) => unknown, inputOf: (length: number) => string): number {
  const enough = shortestMs * between;
  const longMs = leastMs(read, inputOf(long), enough);
  if (longMs < enough) return 1;
  const growth = longMs / Math.max(shortestMs, leastMs(read, inputOf(long / times), 0));
  if (!isTooFast(growth)) return growth;
  const growthByFour = leastMs(read, inputOf(4 * long), 0) / longMs;
  return Math.min(growth, times ** (Math.log(growthByFour) / Math.log(4)));
}

/** Whether {@link growthOf} shows more than linear growth. */
export const isTooFast = (growth: number): boolean => growth > between;

/** Of some attempts; the last one is that which is below `enoughMs`, or hopeless. */
function leastMs(read: (text: string) => unknown, text: string, enoughMs: number): number {
  let least = Infinity;
  for (let attempt = 0; attempt < attempts && least >= enoughMs; attempt++) {
    const before = process.threadCpuUsage();
    try {
      read(text);
    } catch {
      // refused
    }
    const { user, system } = process.threadCpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
    if (least > hopelessMs) break;
  }
  return least;
}
