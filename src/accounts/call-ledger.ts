/**
 * One terminal row for every call (I5), also while the database is away: what could not be
 * written is kept and written when it is back. What a crash of this process loses meanwhile is
 * closed as `interrupted` by the next one, if the call's opening had been written.
 */
import { RegistryUnavailable, type CallAdmission, type CallClosing, type CallOpening, type Registry } from './registry.ts';

const retryMs = 1000;

export class CallLedger {
  readonly #registry: Registry;
  readonly #onLost: (error: unknown) => void;
  /** Openings the database did not take; each is written together with its call's closing. */
  readonly #missed = new Map<string, CallOpening>();
  /** Closings under way, each on its own: one the database refuses must not hold up the others. */
  readonly #writing = new Set<Promise<void>>();

  /** @param onLost told why, when a row cannot be written and never will be: a mistake of ours */
  constructor(registry: Registry, onLost: (error: unknown) => void) {
    this.#registry = registry;
    this.#onLost = onLost;
  }

  /**
   * Records that a call has come, and returns whether it may be served. `ended`: this id has its terminal row already.
   *
   * @throws RegistryUnavailable when the database is away; the row is then written with the closing.
   */
  async open(opening: CallOpening): Promise<CallAdmission> {
    try {
      return await this.#registry.openCall(opening);
    } catch (error) {
      if (error instanceof RegistryUnavailable) this.#missed.set(opening.callId, opening);
      throw error;
    }
  }

  /** Records how a call ended that changed nothing; returns at once. A change records itself. */
  close(callId: string, closing: CallClosing & { outcome: Exclude<CallClosing['outcome'], 'changed'> }): void {
    const writing = this.#write(callId, closing);
    this.#writing.add(writing);
    void writing.finally(() => this.#writing.delete(writing));
  }

  /** Resolves when every row is in the database. */
  async written(): Promise<void> {
    await Promise.all(this.#writing);
  }

  async #write(callId: string, closing: CallClosing): Promise<void> {
    for (;;) {
      try {
        const missed = this.#missed.get(callId);
        if (missed !== undefined) await this.#registry.openCall(missed);
        await this.#registry.closeCall(callId, closing);
        this.#missed.delete(callId);
        return;
      } catch (error) {
        if (!(error instanceof RegistryUnavailable)) return this.#onLost(error);
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}
