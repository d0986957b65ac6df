/** What the application runs beside the calls. */
import { sayHowToAddUser } from './application/first-user.ts';
import { startNotifications } from './application/notifications.ts';
import { keepMenuCounts, type MenuCountOptions } from './application/menu-counts.ts';
import { startLease, type LeaseOptions } from './application/lease.ts';
import { closeJournalledCalls } from './application/recovery.ts';
import { withAmi } from './asterisk/ami/ami.ts';
import { forgetMenuCounts, readMenuCounts } from './asterisk/ami/menu-counts.ts';
import { watchSip } from './asterisk/hep/watch-sip.ts';
import type { Hotline } from './hotline/context.ts';
import type { Logger } from './logger.ts';
import { AuditSealer } from './mysql/audit/audit-sealer.ts';
import type { MysqlConsoleUsers } from './mysql/console/mysql-console-users.ts';
import type { MysqlOutbox } from './mysql/outbox.ts';
import { keepPurged, purgesOf } from './mysql/purge.ts';
import type { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import type { SmsGatewayOptions } from './notifications/sms-gateway.ts';
import { amiOf, auditKeysOf, type ServeConfig as Config } from './serve-settings.ts';
import { whenAborted } from './timing/when-aborted.ts';

interface BackgroundParts {
  readonly registry: MysqlRegistry;
  readonly outbox: MysqlOutbox;
  readonly consoleUsers: MysqlConsoleUsers;
  readonly gateway: SmsGatewayOptions | null;
}

export interface Background {
  /** The calls of earlier processes have their rows. */
  readonly recovered: Promise<void>;
  /** Another process has the node. */
  readonly replaced: Promise<void>;
  /** Writes what is left, and gives the node up. */
  readonly finish: () => Promise<void>;
}

export function startBackground(
  config: Config,
  logger: Logger,
  { registry, outbox, consoleUsers, gateway }: BackgroundParts,
  { ledger, instanceId }: Pick<Hotline, 'ledger' | 'instanceId'>,
  leaseOptions: LeaseOptions,
  stop: AbortSignal,
): Background {
  const lease = startLease(leaseOptions);
  const journalled = closeJournalledCalls({ ledger, instanceId, logger });
  const notifications = startNotifications({
    outbox,
    gateway,
    maxAttempts: config.SMS_MAX_ATTEMPTS,
    logger,
  });
  const sealer = new AuditSealer({ url: config.DATABASE_URL, ...auditKeysOf(config), logger }).start();
  const { KEEP_RESETS_DAYS: keepResetsDays, CALL_STEPS_DAYS: callStepsDays } = config;
  const purges = purgesOf(registry, outbox, consoleUsers, { keepResetsDays, callStepsDays });
  void keepPurged(purges, logger, stop);
  void keepMenuCounts({ visit: visitor(config), registry, node: config.NODE_NAME, logger }, stop);
  void warnOfConnections(registry, config, logger);
  void sayHowToAddUser(consoleUsers, logger);
  const stopWatching = config.HEP_PORT === 0 ? () => undefined : watchSip({ port: config.HEP_PORT, logger });
  return {
    recovered: Promise.race([
      Promise.all([journalled, lease.recovered]).then(() => undefined),
      new Promise<void>((resolve) => whenAborted(stop, resolve)),
    ]),
    replaced: lease.replaced,
    finish: async () => {
      stopWatching();
      await Promise.all([ledger.flush(), notifications.stop()]);
      await lease.end();
      await sealer.stop();
    },
  };
}

/** After days without a visit Asterisk has thousands of counts to list, ms. Nobody waits for them. */
const visitDeadlineMs = 60_000;

/** Opens a session at Asterisk's manager interface for each visit. */
function visitor(config: Config): MenuCountOptions['visit'] {
  return (use) =>
    withAmi({ ...amiOf(config), deadlineMs: visitDeadlineMs }, (ami) =>
      use({ read: () => readMenuCounts(ami), forget: (minute) => forgetMenuCounts(ami, minute) }),
    );
}

/** Under load the database would refuse the last of them, and callers with it. */
async function warnOfConnections(
  registry: MysqlRegistry,
  { DATABASE_POOL_SIZE }: Pick<Config, 'DATABASE_POOL_SIZE'>,
  logger: Logger,
): Promise<void> {
  try {
    const shortage = await registry.whyShortOfConnections(DATABASE_POOL_SIZE);
    if (shortage !== null) logger.warn(shortage);
  } catch {
    // A database that is unreachable is said so by the lease.
  }
}
