import type { Step } from './progress.ts';
import type { Service } from './service.ts';

/** Services in the order they were started; stopped in reverse. */
export class Services {
  readonly #started: Service[] = [];
  readonly #signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
  }

  /** Makes the step that starts a service and waits until it answers. */
  startStep(service: Service): Step {
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
