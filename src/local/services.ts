import type { Progress } from './progress.ts';
import type { Service } from './service.ts';

/** All that was started, in order, so that it can be stopped in the opposite order. */
export class Services {
  readonly #started: Service[] = [];
  readonly #progress: Progress;
  readonly #signal: AbortSignal;

  constructor(progress: Progress, signal: AbortSignal) {
    this.#progress = progress;
    this.#signal = signal;
  }

  /** Starts services side by side and waits until all of them answer; the first one that does not rejects. */
  async start(...services: Service[]): Promise<void> {
    this.#signal.throwIfAborted();
    this.#started.push(...services);
    await Promise.all(services.map((service) => this.#progress.step(`Starting ${service.name}`, () => service.start(this.#signal))));
  }

  /** Stops all, the last started first; kills what is left once `hurry` resolves. */
  async stop(hurry: Promise<void>): Promise<void> {
    void hurry.then(() => {
      for (const service of this.#started) service.kill();
    });
    for (const service of this.#started.toReversed()) await service.stop();
  }
}
