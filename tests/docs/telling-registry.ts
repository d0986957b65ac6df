import type { AccountId, Activation, CallClosing, CallOpening, PreparedReset, Registry, ResetState } from '../../src/accounts/registry.ts';
import type { Trace } from './call-paths.ts';

/** Longer than a caller is left without a word. */
const slowMs = 1200;

/** A registry that tells a trace what it answers, in the words of the pictures. */
export class TellingRegistry implements Registry {
  readonly #registry: Registry;
  readonly #trace: Trace;
  readonly #slow: boolean;

  constructor(registry: Registry, trace: Trace, slow: boolean) {
    this.#registry = registry;
    this.#trace = trace;
    this.#slow = slow;
  }

  async openCall(opening: CallOpening): Promise<'open' | 'ended'> {
    return this.#telling(this.#registry.openCall(opening), () => undefined, '8, the database is away');
  }

  /** Answers once the caller hears that it is being checked. */
  async findAccount(bhxhCode: string, phone: string): Promise<AccountId | null> {
    await this.#trace.asksToWait();
    return this.#telling(this.#registry.findAccount(bhxhCode, phone), (id) => (id === null ? 'no match' : 'match'), 'the database is away');
  }

  async prepareReset(reset: PreparedReset): Promise<void> {
    await this.#telling(this.#registry.prepareReset(reset), () => undefined, 'the database is away');
  }

  async activateReset(activation: Activation): Promise<boolean> {
    if (this.#slow) {
      this.#trace.leads(this.#noAnswer());
      await new Promise((resolve) => setTimeout(resolve, slowMs));
    }
    return this.#telling(this.#registry.activateReset(activation), (done) => (done ? 'stored' : 'not stored'), this.#noAnswer());
  }

  async voidReset(resetId: string, reason: string): Promise<void> {
    await this.#telling(this.#registry.voidReset(resetId, reason), () => undefined, this.#noAnswer());
  }

  readReset(resetId: string): Promise<ResetState | null> {
    return this.#telling(this.#registry.readReset(resetId), (state) => (state === 'activated' ? 'stored' : 'not stored'), this.#noAnswer());
  }

  closeCall(callId: string, closing: CallClosing): Promise<void> {
    return this.#registry.closeCall(callId, closing);
  }

  closeInterruptedCalls(instanceId: string): Promise<number> {
    return this.#registry.closeInterruptedCalls(instanceId);
  }

  #noAnswer(): string {
    return this.#trace.lastHeard === 'please-wait again' ? 'still no answer' : 'no answer yet';
  }

  async #telling<T>(answer: Promise<T>, words: (value: T) => string | undefined, lost: string): Promise<T> {
    try {
      const value = await answer;
      const told = words(value);
      if (told !== undefined) this.#trace.leads(told);
      return value;
    } catch (error) {
      this.#trace.leads(lost);
      throw error;
    }
  }
}
