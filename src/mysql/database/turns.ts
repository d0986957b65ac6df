/** Lets work on one subject take turns. */

/**
 * Work that would wait for the same row in the database waits here instead, so that one hot row holds
 * one connection and not all of them.
 */
export class Turns {
  readonly #last = new Map<string, Promise<void>>();

  /**
   * Resolves when it is this caller's turn for every subject; call the result to end the turn.
   *
   * @param race gives up waiting by rejecting; the place in the queue is then given up too
   */
  async take(subjects: readonly string[], race: <T>(step: Promise<T>) => Promise<T>): Promise<() => void> {
    const mine: PromiseWithResolvers<void>[] = [];
    const end = () => mine.forEach(({ resolve }) => resolve());
    try {
      // In one order for everybody, so that no two wait for each other.
      for (const subject of [...new Set(subjects)].sort()) {
        const before = this.#last.get(subject);
        mine.push(this.#queue(subject, before));
        if (before !== undefined) await race(before);
      }
      return end;
    } catch (error) {
      end();
      throw error;
    }
  }

  #queue(subject: string, before: Promise<void> = Promise.resolve()): PromiseWithResolvers<void> {
    const turn = Promise.withResolvers<void>();
    const last = before.then(() => turn.promise);
    this.#last.set(subject, last);
    void last.then(() => {
      if (this.#last.get(subject) === last) this.#last.delete(subject);
    });
    return turn;
  }
}
