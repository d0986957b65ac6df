/**
 * Waits `ms` on the global timers. Code that tests run under fake time waits by this: they cannot fake
 * node:timers/promises.
 *
 * @param keepsAlive false: the process may end meanwhile
 */
export function wait(ms: number, { keepsAlive = true } = {}): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    if (!keepsAlive) timer.unref();
  });
}
