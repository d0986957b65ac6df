/**
 * Keeps the steps of calls whose activation has written their terminal row (docs/adr/0050): those of calls that end
 * within a moment in one statement, so that they share its commit. Until then they stand in the journal.
 */
import pTimeout from 'p-timeout';
import type { CallRecords, KeptSteps } from '../registry/call-records.ts';

/** How long steps wait for those of other calls, ms. */
const gatherMs = 2000;
/** Max. calls in one statement. */
const maxCalls = 50;

interface Pending {
  readonly kept: KeptSteps;
  readonly settled: PromiseWithResolvers<void>;
}

export class GatheredSteps {
  readonly #registry: Pick<CallRecords, 'keepSteps'>;
  #pending: Pending[] = [];
  #keeping: Promise<void> | undefined;
  #isHurried = false;
  /** Ends the wait of those that are being gathered. */
  #endWait: () => void = () => undefined;
  /** Calls whose statement has failed. The next one is theirs alone: one that the database never takes must not keep others waiting. */
  readonly #failed = new Set<string>();

  constructor(registry: Pick<CallRecords, 'keepSteps'>) {
    this.#registry = registry;
  }

  /** Resolves when they are kept. @throws RegistryUnavailable */
  add(kept: KeptSteps): Promise<void> {
    const settled = Promise.withResolvers<void>();
    this.#pending.push({ kept, settled });
    this.#keeping ??= this.#keepPending();
    return settled.promise;
  }

  /** Runs `work`, and meanwhile keeps steps without waiting for those of other calls. */
  async hurryDuring(work: () => Promise<void>): Promise<void> {
    this.#isHurried = true;
    this.#endWait();
    await work().finally(() => (this.#isHurried = false));
  }

  async #keepPending(): Promise<void> {
    if (!this.#isHurried) await this.#gather();
    for (let next = this.#take(); next.length > 0; next = this.#take()) await this.#keep(next);
    this.#keeping = undefined;
  }

  async #gather(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#endWait = resolve;
    await pTimeout(promise, { milliseconds: gatherMs, fallback: () => undefined });
  }

  #take(): Pending[] {
    const hasFailed = ({ kept }: Pending) => this.#failed.has(kept.callId);
    const together = this.#pending.filter((each) => !hasFailed(each)).slice(0, maxCalls);
    const taken = together.length > 0 ? together : this.#pending.slice(0, 1);
    this.#pending = this.#pending.filter((each) => !taken.includes(each));
    return taken;
  }

  async #keep(taken: readonly Pending[]): Promise<void> {
    try {
      await this.#registry.keepSteps(taken.map(({ kept }) => kept));
      for (const { kept } of taken) this.#failed.delete(kept.callId);
      for (const { settled } of taken) settled.resolve();
    } catch (error) {
      for (const { kept } of taken) this.#failed.add(kept.callId);
      for (const { settled } of taken) settled.reject(error);
    }
  }
}
