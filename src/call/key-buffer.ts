import type { Digit } from './channel.ts';

/**
 * The keys a caller has pressed and that no question has taken yet. Type-ahead is simply keys that
 * wait here for the next question.
 */
export class KeyBuffer {
  #keys: Digit[] = [];
  #onPress: ((key: Digit) => void) | undefined;

  press(key: Digit): void {
    this.#keys.push(key);
    this.#onPress?.(key);
  }

  /** Takes the oldest key that is one of `accept`, and drops those before it; null if there is none. */
  take(accept: string): Digit | null {
    for (let key = this.#keys.shift(); key !== undefined; key = this.#keys.shift())
      if (accept.includes(key)) return key;
    return null;
  }

  /** Drops all keys. */
  clear(): void {
    this.#keys = [];
  }

  /**
   * Takes the next key that is one of `accept` and drops others, or returns null once `over` has
   * resolved without one. Allows one waiter at a time: a call has only one open question.
   *
   * @throws as `over` does
   */
  async next(accept: string, over: Promise<unknown>): Promise<Digit | null> {
    const waiting = this.take(accept);
    if (waiting !== null) return waiting;
    const { promise: pressed, resolve } = Promise.withResolvers<void>();
    this.#onPress = (key) => {
      if (accept.includes(key)) resolve();
    };
    try {
      await Promise.race([pressed, over]);
    } finally {
      this.#onPress = undefined;
    }
    return this.take(accept);
  }
}
