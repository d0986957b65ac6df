import { setTimeout as delay } from 'node:timers/promises';

/** Waits `ms`, or less when `stop` is aborted. Never rejects: the caller asks `stop` whether to go on. */
export async function pause(ms: number, stop: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal: stop }).catch(() => undefined);
}
