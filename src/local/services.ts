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

  /** Starts one and waits until it answers. Services may be started side by side. */
  async start(service: Service): Promise<void> {
    this.#signal.throwIfAborted();
    this.#started.push(service);
    await this.#progress.step(`Starting ${service.name}`, () => service.start(this.#signal));
  }

  /** Stops all, the last started first; kills what is left once `hurry` resolves. */
  async stop(hurry: Promise<void>): Promise<void> {
    void hurry.then(() => {
      for (const service of this.#started) service.kill();
    });
    for (const service of this.#started.toReversed()) await service.stop();
  }
}
