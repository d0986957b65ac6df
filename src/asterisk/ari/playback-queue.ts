/** Hands Asterisk the playbacks of one channel, one after another. */
export class PlaybackQueue {
  /** Settles when Asterisk has every playback so far. */
  #taken: Promise<unknown> = Promise.resolve();
  #lastId: string | undefined;
  /** Settles when Asterisk has the playback that comes next, by the id of the one before it. */
  readonly #nextTaken = new Map<string, Promise<unknown>>();

  /**
   * Asks once Asterisk has the playbacks before this one: on pooled connections a later request can overtake an
   * earlier one. Rejects as the request does.
   */
  add(id: string, request: () => Promise<void>): Promise<void> {
    const taken = this.#taken.then(request);
    this.#taken = taken.catch(() => undefined);
    this.#nextTaken.delete(id); // ids are used again
    if (this.#lastId !== undefined) this.#nextTaken.set(this.#lastId, this.#taken);
    this.#lastId = id;
    return taken;
  }

  /** Resolves when Asterisk has what comes after this playback, if anything does, and so may stop it without a gap. */
  async untilReplaced(id: string): Promise<void> {
    await (this.#nextTaken.get(id) ?? this.#taken);
  }
}
