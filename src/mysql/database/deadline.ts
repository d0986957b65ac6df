import { RegistryNotAsked, RegistryUnavailable } from '../../registry/registry-unavailable.ts';

/** The moment at which the caller stops waiting, however many steps the work has. */
export class Deadline {
  readonly #expired: Promise<never>;
  readonly #timer: NodeJS.Timeout;
  readonly #stop = new AbortController();

  /**
   * The clock starts now.
   *
   * @param error made only if it expires: hardly one in a million does, and a stack costs more than a timer
   */
  constructor(ms: number, error: (ms: number) => RegistryUnavailable = unanswered) {
    const { promise, reject } = Promise.withResolvers<never>();
    this.#timer = setTimeout(() => {
      const why = error(ms);
      this.#stop.abort(why);
      reject(why);
    }, ms);
    promise.catch(() => undefined); // it may expire between two steps, when nothing awaits it
    this.#expired = promise;
  }

  /** Aborted when it expires. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  get isExpired(): boolean {
    return this.#stop.signal.aborted;
  }

  /** Settles as `step` does, or rejects with RegistryUnavailable if the deadline comes first. */
  readonly race = <T>(step: Promise<T>): Promise<T> => Promise.race([step, this.#expired]);

  /** Stops the clock. */
  clear(): void {
    clearTimeout(this.#timer);
  }
}

function unanswered(ms: number): RegistryUnavailable {
  return new RegistryUnavailable(`the registry did not answer within ${ms} ms`);
}

/** For work that waited `ms` and was never begun. */
export function notAsked(ms: number): RegistryNotAsked {
  return new RegistryNotAsked(`no connection to the registry was free within ${ms} ms`);
}
