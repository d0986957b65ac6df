import { isatty } from 'node:tty';

const requests = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A request to stop the hotline. */
export interface StopRequest {
  /** Aborted by the first request. */
  readonly signal: AbortSignal;
  /** Resolves with the first request. */
  readonly requested: Promise<void>;
  /** Resolves with the second Ctrl-C: no more waiting. */
  readonly insisted: Promise<void>;
  /** Gives the signals their default meaning back. */
  forget(): void;
}

/** How often it is looked whether the terminal is still there, ms. */
const lookEveryMs = 1000;
const standardOutput = 1;

/** Listens for Ctrl-C, SIGTERM and a closed terminal from now on. */
export function listenForStop(): StopRequest {
  const controller = new AbortController();
  const requested = Promise.withResolvers<void>();
  const insisted = Promise.withResolvers<void>();
  const onSignal = (signal: NodeJS.Signals) => {
    if (controller.signal.aborted && signal === 'SIGINT') insisted.resolve();
    controller.abort();
    requested.resolve();
  };
  for (const signal of requests) process.on(signal, onSignal);
  // Where make leads the terminal's session, as behind `ssh -t` or `xterm -e`, make alone is told that it has closed.
  const look = () => {
    if (!isatty(standardOutput)) onSignal('SIGHUP');
  };
  const looking = isatty(standardOutput) ? setInterval(look, lookEveryMs).unref() : undefined;
  return {
    signal: controller.signal,
    requested: requested.promise,
    insisted: insisted.promise,
    forget: () => {
      clearInterval(looking);
      for (const signal of requests) process.off(signal, onSignal);
    },
  };
}
