/**
 * Time that passes at once: from one timer to the next, as soon as nothing is left to do before it. The timers and
 * clocks of this process are replaced meanwhile, so what runs in it is the code that runs in real time.
 *
 * Besides timers only hashes may take time (they are real, and take none of it), or the order of things would depend
 * on the machine.
 */
import { setImmediate as nextTurn, setTimeout as inRealTime } from 'node:timers';
import { hashing } from '../accounts/password-hash.ts';
import { ExpectedError } from '../expected-error.ts';

/** How long the work may wait for something that no timer ends, in real ms: a branch may read a file. */
const patienceMs = 5000;
/** When it begins, ms since the epoch: always the same, so that nothing depends on the day. */
const beginning = Date.UTC(2026, 0, 1);

/** What runs in virtual time waits for something that will never come. */
export class NothingHappens extends ExpectedError {
  override readonly name = 'NothingHappens';
  constructor() {
    super(
      `the call waits for something other than time, and ${patienceMs / 1000} s of real time have passed: look for a promise in the branch that nothing settles`,
    );
  }
}

interface Timer {
  readonly id: number;
  readonly act: () => void;
  readonly atMs: number;
}

/** What the code of the program may do with a timer. */
interface Handle {
  readonly id: number;
  ref(): Handle;
  unref(): Handle;
}

/**
 * Runs `work`, and lets its time pass until its promise settles.
 *
 * @param random in place of Math.random, for what is left to chance besides
 * @throws NothingHappens; what `work` throws
 */
export async function inVirtualTime<T>(work: () => Promise<T>, random: () => number): Promise<T> {
  const clock = new VirtualClock();
  const restore = clock.takeOver(random);
  try {
    let isOver = false;
    const running = work().finally(() => (isOver = true));
    running.catch(() => undefined); // it is awaited below
    for (let stuckMs = 0; ;) {
      await new Promise<void>((resolve) => void nextTurn(resolve));
      if (isOver) return await running;
      const isHashing = hashing.activeCount + hashing.pendingCount > 0;
      stuckMs = isHashing || clock.advance() ? 0 : stuckMs + 1;
      if (stuckMs > patienceMs) throw new NothingHappens();
      if (isHashing || stuckMs > 0) await new Promise<void>((resolve) => void inRealTime(resolve, 1));
    }
  } finally {
    restore();
  }
}

class VirtualClock {
  #nowMs = 0;
  #lastId = 0;
  readonly #timers = new Map<number, Timer>();

  /** Returns the function that gives the clocks back. */
  takeOver(random: () => number): () => void {
    const now = Object.getOwnPropertyDescriptor(performance, 'now');
    const real = {
      setTimeout: globalThis.setTimeout,
      clearTimeout: globalThis.clearTimeout,
      dateNow: Date.now,
      random: Math.random,
    };
    globalThis.setTimeout = ((act: (...args: unknown[]) => void, ms = 0, ...args: unknown[]) =>
      this.#set(() => act(...args), ms)) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((handle?: Handle) => {
      if (handle !== undefined) this.#timers.delete(handle.id);
    }) as unknown as typeof clearTimeout;
    Date.now = () => beginning + this.#nowMs;
    Object.defineProperty(performance, 'now', {
      value: () => this.#nowMs,
      configurable: true,
      writable: true,
    });
    Math.random = random;
    return () => {
      globalThis.setTimeout = real.setTimeout;
      globalThis.clearTimeout = real.clearTimeout;
      Date.now = real.dateNow;
      if (now === undefined)
        Reflect.deleteProperty(performance, 'now'); // that of its prototype is there again
      else Object.defineProperty(performance, 'now', now);
      Math.random = real.random;
    };
  }

  /** Goes on to the next timer and runs it. Returns false if there is none. */
  advance(): boolean {
    let next: Timer | undefined;
    // In the order in which they were set, where they are due at once: a map keeps it.
    for (const timer of this.#timers.values()) if (next === undefined || timer.atMs < next.atMs) next = timer;
    if (next === undefined) return false;
    this.#timers.delete(next.id);
    this.#nowMs = Math.max(this.#nowMs, next.atMs);
    next.act();
    return true;
  }

  #set(act: () => void, ms: number): Handle {
    const id = ++this.#lastId;
    this.#timers.set(id, { id, act, atMs: this.#nowMs + Math.max(1, ms) });
    const handle: Handle = { id, ref: () => handle, unref: () => handle };
    return handle;
  }
}
