/** Deletes in the background what nobody needs any more (docs/adr/0028-retention.md). */
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'winston';
import type { MysqlConsoleUsers } from './console/mysql-console-users.ts';
import type { MysqlOutbox } from './outbox.ts';
import type { MysqlRegistry } from './registry/mysql-registry.ts';

const pauseMs = 3_600_000;
/** Few enough to stay well below the deadline and to keep no call waiting. */
const batchSize = 500;

/** Settles or deletes up to `count` old rows of one kind, and returns how many there were. */
export type Purge = (count: number) => Promise<number>;

/** All that grows with calls, logins and sign-ins to the console, by name. The audit log is not among it: only its owner may prune it. */
export function purgesOf(
  registry: Pick<
    MysqlRegistry,
    | 'purgeAttempts'
    | 'purgeCallBacks'
    | 'purgeLoginGuesses'
    | 'purgeResets'
    | 'purgeSteps'
    | 'purgeMenuCounts'
    | 'purgeCallFigures'
    | 'purgeInstances'
  >,
  outbox: Pick<MysqlOutbox, 'giveUpOld' | 'purge'>,
  consoleUsers: Pick<MysqlConsoleUsers, 'purgeSessions' | 'purgeSignIns' | 'purgeBrowsers'>,
  { keepResetsDays, callStepsDays }: { readonly keepResetsDays: number; readonly callStepsDays: number },
): Readonly<Record<string, Purge>> {
  return {
    attempts: (count) => registry.purgeAttempts(count),
    callBacks: (count) => registry.purgeCallBacks(count),
    loginGuesses: (count) => registry.purgeLoginGuesses(count),
    notificationsGivenUp: (count) => outbox.giveUpOld(count),
    notifications: (count) => outbox.purge(keepResetsDays, count),
    resets: (count) => registry.purgeResets(keepResetsDays, count),
    callSteps: (count) => registry.purgeSteps(callStepsDays, count),
    menuCounts: (count) => registry.purgeMenuCounts(count),
    callFigures: (count) => registry.purgeCallFigures(count),
    instances: (count) => registry.purgeInstances(count),
    consoleSessions: (count) => consoleUsers.purgeSessions(count),
    consoleSignIns: (count) => consoleUsers.purgeSignIns(count),
    consoleBrowsers: (count) => consoleUsers.purgeBrowsers(count),
  };
}

/** Purges in small batches until nothing old is left. Returns the number of rows by name. @throws RegistryUnavailable */
export async function purgeAll(purges: Readonly<Record<string, Purge>>): Promise<Record<string, number>> {
  const rows: Record<string, number> = {};
  for (const [name, purge] of Object.entries(purges)) rows[name] = await untilFewer(purge);
  return rows;
}

/** Purges now and every hour until `stop`. If the database is unreachable, it tries again in an hour. */
export async function keepPurged(
  purges: Readonly<Record<string, Purge>>,
  logger: Logger,
  stop: AbortSignal,
): Promise<void> {
  while (!stop.aborted) {
    try {
      const rows = Object.entries(await purgeAll(purges)).filter(([, count]) => count > 0);
      if (rows.length > 0) logger.info('old rows purged', Object.fromEntries(rows));
    } catch (error) {
      logger.warn('old rows could not be purged; trying again in an hour', { error });
    }
    await delay(pauseMs, undefined, { signal: stop, ref: false }).catch(() => undefined);
  }
}

async function untilFewer(purge: Purge): Promise<number> {
  for (let total = 0; ;) {
    const rows = await purge(batchSize);
    total += rows;
    if (rows < batchSize) return total;
  }
}
