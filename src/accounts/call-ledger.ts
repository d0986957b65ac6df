/**
 * One terminal row for every call (I5), also while the database is away: what could not be
 * written is kept and written when it is back. What a crash of this process loses meanwhile is
 * closed as `interrupted` by the next one, if the call's opening had been written.
 */
import { RegistryUnavailable, type CallClosing, type CallOpening, type Registry } from './registry.ts';

const retryMs = 1000;

export class CallLedger {
  readonly #registry: Registry;
  /** Rows still to be written, oldest first. */
  #pending: (() => Promise<void>)[] = [];
  #writing: Promise<void> | undefined;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** How many rows the database has not taken yet. */
  get backlog(): number {
    return this.#pending.length;
  }

  /**
   * Records that a call has come.
   *
   * @throws RegistryUnavailable when the database is away; the row is then written later.
   */
  async open(opening: CallOpening): Promise<void> {
    const write = () => this.#registry.openCall(opening);
    try {
      await write();
    } catch (error) {
      if (error instanceof RegistryUnavailable) this.#pending.push(write);
      throw error;
    }
  }

  /** Records how the call ended; returns at once. */
  close(callId: string, closing: CallClosing): void {
    this.#pending.push(() => this.#registry.closeCall(callId, closing));
    void this.written();
  }

  /** Resolves when every row is in the database. */
  async written(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => (this.#writing = undefined));
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    for (let write = this.#pending[0]; write !== undefined; write = this.#pending[0]) {
      try {
        await write();
        this.#pending.shift();
      } catch (error) {
        if (!(error instanceof RegistryUnavailable)) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
  }
}
