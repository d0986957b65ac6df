/** How a database in memory fails, on demand. */
import type { Registry } from '../registry/registry.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';

/**
 * How the next call of a method fails.
 *
 * - `before`: at once; nothing is done.
 * - `after-commit`: the work is done, but its answer is lost.
 * - `hang`: nothing is done, and no answer comes before the deadline.
 * - `slowMs`: the work is done and answered so much later, which is before the deadline.
 */
export type Fault = 'before' | 'after-commit' | 'hang' | { readonly slowMs: number };

/** A fault that waits for a call. */
interface SetFault {
  readonly fault: Fault;
  readonly struck: () => void;
}

export class MemoryFaults {
  readonly #next = new Map<keyof Registry, SetFault[]>();
  #lasting: { fault: Fault | null; methods: readonly (keyof Registry)[] } = { fault: null, methods: [] };
  readonly #deadlineMs: number;

  constructor(deadlineMs: number) {
    this.#deadlineMs = deadlineMs;
  }

  /**
   * Makes a call of `method` fail this way: the next one, or the one after those already set to fail.
   *
   * @param struck is called when it does
   */
  failNext(method: keyof Registry, fault: Fault, struck: () => void = () => undefined): void {
    this.#next.set(method, [...(this.#next.get(method) ?? []), { fault, struck }]);
  }

  /** From now on each call of these methods, or, if there is none, of every method, fails this way. */
  stayAway(fault: Fault | null, methods: readonly (keyof Registry)[]): void {
    this.#lasting = { fault, methods };
  }

  /** The work is synchronous, so it is atomic like a transaction. */
  async answer<T>(method: keyof Registry, work: () => T): Promise<T> {
    const { fault: lasting, methods } = this.#lasting;
    const isLasting = methods.length === 0 || methods.includes(method);
    const next = this.#next.get(method)?.shift();
    const fault = next?.fault ?? (isLasting ? lasting : null);
    if (fault !== 'after-commit') next?.struck();
    if (fault === 'before') throw new RegistryUnavailable(`${method}: the registry is unreachable`);
    if (fault === 'hang') {
      await new Promise((resolve) => setTimeout(resolve, this.#deadlineMs));
      throw new RegistryUnavailable(`${method}: the registry did not answer within ${this.#deadlineMs} ms`);
    }
    if (typeof fault === 'object' && fault !== null)
      await new Promise((resolve) => setTimeout(resolve, fault.slowMs));
    const result = work();
    if (fault !== 'after-commit') return result;
    next?.struck(); // only now: work that throws has no answer to lose
    throw new RegistryUnavailable(`${method}: the connection was lost`);
  }
}
