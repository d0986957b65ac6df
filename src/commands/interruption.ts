import { wait } from '../timing/wait.ts';

const goneWithinMs = 1000;

/** Ctrl-C or SIGTERM; the process must still end by that signal. */
export class Interruption extends Error {
  readonly signal: NodeJS.Signals;

  constructor(signal: NodeJS.Signals) {
    super(signal);
    this.signal = signal;
  }
}

/** Ends this process by the signal. Packages that restore the terminal take it first, and send it again. */
export async function endBy({ signal }: Interruption): Promise<void> {
  process.kill(process.pid, signal);
  await wait(goneWithinMs);
}

/** `promise` rejects with an {@link Interruption}; after `forget` the signals have their default meaning. */
export function listenForInterruption(): { promise: Promise<never>; forget: () => void } {
  const signals = ['SIGINT', 'SIGTERM'] as const;
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined); // it may be rejected before anybody awaits it
  const interrupt = (signal: NodeJS.Signals) => reject(new Interruption(signal));
  for (const signal of signals) process.on(signal, interrupt);
  return {
    promise,
    forget: () => signals.forEach((signal) => process.removeListener(signal, interrupt)),
  };
}
