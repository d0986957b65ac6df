/** At most `limit` pieces of work at once; the others wait in the order they came. */
export class Turns {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** How many run or wait. */
  get underWay(): number {
    return this.#running + this.#waiting.length;
  }

  /** How many wait. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs `work` when it is its turn; settles as it does. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running < this.#limit) this.#running++;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve)); // the turn is handed over, not given back
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}
