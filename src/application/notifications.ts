/** Notifies owners of resets, in the background. */
import type { Logger } from '../logger.ts';
import { deliverNotifications, type NotifierOptions } from '../notifications/notifier.ts';
import type { SmsGatewayOptions } from '../notifications/sms-gateway.ts';
import type { Status } from './health.ts';

export interface NotificationOptions {
  readonly outbox: NotifierOptions['outbox'];
  /** Null: no gateway is set; messages wait in the database. */
  readonly gateway: SmsGatewayOptions | null;
  /** A message is given up after this many failed attempts. */
  readonly maxAttempts: number;
  readonly logger: Logger;
}

/** Delivers the outbox until `stop` is called. `stop` resolves when the attempts under way have settled. */
export function startNotifications({ outbox, gateway, maxAttempts, logger }: NotificationOptions): {
  stop: () => Promise<void>;
} {
  if (gateway === null) {
    logger.warn(
      'no SMS gateway is set (SMS_GATEWAY_URL): owners are not notified of resets; the messages wait in the database',
    );
    return { stop: () => Promise.resolve() };
  }
  const stop = new AbortController();
  const done = deliverNotifications({ outbox, gateway, logger, maxAttempts }, stop.signal);
  return {
    stop: () => {
      stop.abort();
      return done;
    },
  };
}

/** How many messages wait and how many were given up; null while the database is unreachable. */
export async function countNotifications(
  outbox: { count(): Promise<{ waiting: number; dead: number }> },
  gateway: SmsGatewayOptions | null,
): Promise<Status['notifications']> {
  return outbox.count().then(
    ({ waiting, dead }) => ({ gateway: gateway !== null, waiting, dead }),
    () => null,
  );
}
