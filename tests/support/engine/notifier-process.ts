/** A worker in its own process, to be killed: `node notifier-process.ts <database url> <gateway url> <secret>`. */
import { createLogger, transports } from 'winston';
import { MysqlOutbox } from '../../../src/mysql/outbox.ts';
import { deliverNotifications } from '../../../src/notifications/notifier.ts';

const [databaseUrl = '', url = '', secret = ''] = process.argv.slice(2);
await deliverNotifications(
  {
    outbox: new MysqlOutbox({ url: databaseUrl, deadlineMs: 20_000, maxAgeHours: 72 }),
    gateway: { url, secret, deadlineMs: 20_000 },
    logger: createLogger({ transports: [new transports.Console()] }),
    maxAttempts: 20,
    idleMs: 20,
  },
  new AbortController().signal,
);
