/** Deletes attempts and calls back that no limit counts any more, in the background. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'winston';
import type { MysqlRegistry } from './mysql-registry.ts';

const pauseMs = 3_600_000;
/** Few enough to stay well below the deadline and to keep no charge waiting. */
const batchSize = 500;

type Purged = Pick<MysqlRegistry, 'purgeAttempts' | 'purgeCallBacks'>;

/** Deletes in small batches until nothing old is left. Returns how many rows it deleted. @throws RegistryUnavailable */
export async function purgeAttempts(registry: Purged): Promise<number> {
  return (
    (await untilFewer((count) => registry.purgeAttempts(count))) +
    (await untilFewer((count) => registry.purgeCallBacks(count)))
  );
}

/** Purges now and every hour until `stop`. If the database is unreachable, it tries again in an hour. */
export async function keepPurged(registry: Purged, logger: Logger, stop: AbortSignal): Promise<void> {
  while (!stop.aborted) {
    try {
      const rows = await purgeAttempts(registry);
      if (rows > 0) logger.info('deleted attempts and calls back that no limit counts any more', { rows });
    } catch (error) {
      logger.warn('old attempts could not be deleted; trying again in an hour', { error });
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
