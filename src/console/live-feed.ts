/** What the page *Now* shows, asked once for all who look at it, and only while somebody does. */
import type { Live, LiveFigures } from '../registry/live-figures.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { CallUnderWay } from '../records/calls-under-way.ts';
import type { Logger } from '../logger.ts';
import { wait } from '../timing/wait.ts';
import type { ConsoleProcess, PartState } from './parts.ts';

/** Between two looks, ms. */
const everyMs = 2000;

/** What others had to be asked for. */
interface Asked {
  readonly takenAt: Date;
  /** Null: the database is unreachable. */
  readonly live: Live | null;
  readonly states: readonly PartState[];
}

export interface Snapshot extends Asked {
  readonly underWay: readonly CallUnderWay[];
  readonly secondsLeft: number | null;
}

export class LiveFeed {
  readonly #figures: LiveFigures;
  readonly #process: ConsoleProcess;
  readonly #logger: Pick<Logger, 'error'>;
  readonly #everyMs: number;
  readonly #listeners = new Set<(snapshot: Snapshot) => void>();
  #asking: Promise<Asked> | null = null;
  #latest: { readonly asked: Asked; readonly at: number } | null = null;
  #isTelling = false;

  constructor(
    figures: LiveFigures,
    process: ConsoleProcess,
    logger: Pick<Logger, 'error'>,
    lookEveryMs = everyMs,
  ) {
    this.#figures = figures;
    this.#process = process;
    this.#logger = logger;
    this.#everyMs = lookEveryMs;
  }

  /** With what others had to be asked for at most {@link everyMs} old. */
  async take(): Promise<Snapshot> {
    const asked = await this.#ask();
    return { ...asked, underWay: this.#process.callsUnderWay(), secondsLeft: this.#process.secondsLeft() };
  }

  /** How many listen. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** Hands each further snapshot to `listener`, until the function returned is called. */
  listen(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener);
    if (!this.#isTelling) void this.#tellAll();
    return () => void this.#listeners.delete(listener);
  }

  /** Never rejects: the process that serves calls would end by a fault of a page. */
  async #tellAll(): Promise<void> {
    this.#isTelling = true;
    for (;;) {
      await wait(this.#everyMs, { keepsAlive: false });
      if (this.#listeners.size === 0) break;
      try {
        const snapshot = await this.take();
        for (const listener of this.#listeners) listener(snapshot);
      } catch (error) {
        this.#logger.error('what happens now could not be told', { error });
      }
    }
    this.#isTelling = false;
  }

  #ask(): Promise<Asked> {
    if (this.#latest !== null && performance.now() - this.#latest.at < this.#everyMs)
      return Promise.resolve(this.#latest.asked);
    this.#asking ??= this.#look().finally(() => (this.#asking = null));
    return this.#asking;
  }

  async #look(): Promise<Asked> {
    const [live, states] = await Promise.all([
      this.#figures.read().catch((error: unknown) => {
        if (error instanceof RegistryUnavailable) return null;
        throw error;
      }),
      this.#process.states(),
    ]);
    const asked = { takenAt: new Date(), live, states };
    this.#latest = { asked, at: performance.now() };
    return asked;
  }
}
