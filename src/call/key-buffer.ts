import type { Digit } from './channel.ts';

/**
 * The keys a caller has pressed and that no question has taken yet. Type-ahead is simply keys that
 * wait here for the next question.
 */
export class KeyBuffer {
  #keys: Digit[] = [];
  #waiting: (() => void) | undefined;

  press(key: Digit): void {
    this.#keys.push(key);
    this.#waiting?.();
  }

  /** Takes the oldest key without waiting; undefined if there is none. */
  take(): Digit | undefined {
    return this.#keys.shift();
  }

  /** Drops all keys. */
  clear(): void {
    this.#keys = [];
  }

  /**
   * Takes the next key, or returns null once `giveUp` is aborted. Allows one waiter at a time: a call
   * has only one open question.
   *
   * @throws the reason of `gone` when the caller hangs up first
   */
  async next(giveUp: AbortSignal, gone: AbortSignal): Promise<Digit | null> {
    gone.throwIfAborted();
    const key = this.take();
    if (key !== undefined) return key;
    if (giveUp.aborted) return null;
    await this.#somethingHappens(giveUp, gone);
    gone.throwIfAborted();
    return this.take() ?? null;
  }

  async #somethingHappens(...signals: AbortSignal[]): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const listening = new AbortController();
    this.#waiting = resolve;
    for (const signal of signals)
      signal.addEventListener('abort', () => resolve(), { signal: listening.signal });
    try {
      await promise;
    } finally {
      this.#waiting = undefined;
      listening.abort();
    }
  }
}
