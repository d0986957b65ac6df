import type { Step } from './progress.ts';
import type { Service } from './service.ts';

/** All that was started, in order, so that it can be stopped in the opposite order. */
export class Services {
  readonly #started: Service[] = [];
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** The step that starts one and waits until it answers. */
  starting(service: Service): Step {
    const work = async () => {
      this.#signal.throwIfAborted();
      this.#started.push(service);
      await service.start(this.#signal);
    };
    return { title: `Starting ${service.name}`, work };
  }

  /** Stops all, the last started first; kills what is left once `hurry` resolves. */
  async stop(hurry: Promise<void>): Promise<void> {
    void hurry.then(() => {
      for (const service of this.#started) service.kill();
    });
    for (const service of this.#started.toReversed()) await service.stop();
  }
}
