import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';

/** The moment at which the caller stops waiting, however many steps the work has. */
export class Deadline {
  readonly #expired: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  #isExpired = false;

  /** The clock starts now. */
  constructor(ms: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#timer = setTimeout(() => {
      this.#isExpired = true;
      reject(new RegistryUnavailable(`the registry did not answer within ${ms} ms`));
    }, ms);
    promise.catch(() => undefined); // it may expire between two steps, when nothing awaits it
    this.#expired = promise;
  }

  get isExpired(): boolean {
    return this.#isExpired;
  }

  /** Settles as `step` does, or rejects with RegistryUnavailable if the deadline comes first. */
  race<T>(step: Promise<T>): Promise<T> {
    return Promise.race([step, this.#expired]);
  }

  /** Stops the clock. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
