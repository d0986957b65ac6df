/** Forgets what callers keyed once no limit counts it any more, away from their calls. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'winston';
import type { MysqlRegistry } from './mysql-registry.ts';

const pauseMs = 3_600_000;
/** Few enough for well below one deadline, and to keep nobody's charge waiting. */
const batchSize = 500;

/** Deletes old entries in small batches, until there are none. Returns how many there were. @throws RegistryUnavailable */
export async function purgeEntries(registry: Pick<MysqlRegistry, 'purgeEntries'>): Promise<number> {
  for (let total = 0; ;) {
    const deleted = await registry.purgeEntries(batchSize);
    total += deleted;
    if (deleted < batchSize) return total;
  }
}

/** Does so at once and every hour until `stop`; a database that is away is asked again in an hour. */
export async function keepPurged(registry: Pick<MysqlRegistry, 'purgeEntries'>, logger: Logger, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      const entries = await purgeEntries(registry);
      if (entries > 0) logger.info('forgot entries that no limit counts any more', { entries });
    } catch (error) {
      logger.warn('old entries could not be forgotten; tried again in an hour', { error });
    }
    await delay(pauseMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}
