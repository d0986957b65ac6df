/** Forgets what callers keyed, and calls back, once no limit counts them any more, away from their calls. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'winston';
import type { MysqlRegistry } from './mysql-registry.ts';

const pauseMs = 3_600_000;
/** Few enough for well below one deadline, and to keep nobody's charge waiting. */
const batchSize = 500;

type Purged = Pick<MysqlRegistry, 'purgeAttempts' | 'purgeCallBacks'>;

/** Deletes what is old in small batches, until there is none of it. Returns how many rows there were. @throws RegistryUnavailable */
export async function purgeAttempts(registry: Purged): Promise<number> {
  return (
    (await untilFewer((count) => registry.purgeAttempts(count))) +
    (await untilFewer((count) => registry.purgeCallBacks(count)))
  );
}

/** Does so at once and every hour until `stop`; a database that is away is asked again in an hour. */
export async function keepPurged(registry: Purged, logger: Logger, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      const entries = await purgeAttempts(registry);
      if (entries > 0)
        logger.info('forgot entries and calls back that no limit counts any more', { entries });
    } catch (error) {
      logger.warn('old entries could not be forgotten; tried again in an hour', { error });
    }
    await delay(pauseMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

async function untilFewer(deleteOld: (count: number) => Promise<number>): Promise<number> {
  for (let total = 0; ;) {
    const deleted = await deleteOld(batchSize);
    total += deleted;
    if (deleted < batchSize) return total;
  }
}
