import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';

/** One moment after which a caller waits no longer, however many steps the work has. */
export class Deadline {
  readonly #expired: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  #isExpired = false;

  /** Its clock starts now. */
  constructor(ms: number) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#timer = setTimeout(() => {
      this.#isExpired = true;
      reject(new RegistryUnavailable(`the registry did not answer within ${ms} ms`));
    }, ms);
    promise.catch(() => undefined); // may expire between two steps, while nobody waits
    this.#expired = promise;
  }

  get isExpired(): boolean {
    return this.#isExpired;
  }

  /** `step`'s outcome, or a rejection with RegistryUnavailable if the deadline comes first. */
  race<T>(step: Promise<T>): Promise<T> {
    return Promise.race([step, this.#expired]);
  }

  /** Stops the clock. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}
