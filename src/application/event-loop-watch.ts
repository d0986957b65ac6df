/**
 * Whether the event loop keeps turning: what holds it up holds up every call. Measured by a timer that
 * is late.
 */

/** Between two looks, ms. Each wakes the process, calls or none: at 10 ms that alone took 2 % of a processor. */
const everyMs = 50;
/** A look that is later than this counts as a delay, ms. Two packets of a call are 20 ms apart. */
const lateMs = 50;

/** Delays since the start of the process. */
export interface EventLoopStatus {
  /** How often a look was more than 50 ms late, for whatever reason: a hold-up of 100 ms always is, one of 50 ms may be. */
  readonly delays: number;
  /** In how many of them it was this process that worked for so long; in the others, the machine was busy. */
  readonly ownDelays: number;
  /** The longest delay, ms. */
  readonly longestMs: number;
}

/** Counts delays from its creation until {@link stop}. Keeps no process alive. */
export class EventLoopWatch {
  readonly #timer: NodeJS.Timeout;
  #lookedAt = performance.now();
  #workedMs = workedMs();
  #delays = 0;
  #ownDelays = 0;
  #longestMs = 0;

  constructor() {
    this.#timer = setInterval(() => this.#look(), everyMs).unref();
  }

  get status(): EventLoopStatus {
    return { delays: this.#delays, ownDelays: this.#ownDelays, longestMs: Math.round(this.#longestMs) };
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const [now, worked] = [performance.now(), workedMs()];
    const delay = now - this.#lookedAt - everyMs;
    if (delay > lateMs) this.#delays++;
    if (delay > lateMs && worked - this.#workedMs > lateMs) this.#ownDelays++;
    this.#longestMs = Math.max(this.#longestMs, delay);
    [this.#lookedAt, this.#workedMs] = [now, worked];
  }
}

/** How long this thread has had a processor, ms. */
function workedMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
}
