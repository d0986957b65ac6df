/** Telling owners of resets, in the background of the calls. */
import type { Logger } from '../logger.ts';
import { deliverNotifications } from '../notifications/notifier.ts';
import type { Outbox } from '../notifications/outbox.ts';
import type { SmsGatewayOptions } from '../notifications/sms-gateway.ts';
import type { Status } from './health.ts';

export interface NotificationOptions {
  readonly outbox: Outbox;
  /** Null: none is set; messages wait in the database. */
  readonly gateway: SmsGatewayOptions | null;
  /** Failed attempts after which a message is given up. */
  readonly maxAttempts: number;
  readonly logger: Logger;
}

/** Delivers the outbox until `stop` is called, which resolves when the attempts under way are settled. */
export function startNotifications({ outbox, gateway, maxAttempts, logger }: NotificationOptions): {
  stop: () => Promise<void>;
} {
  if (gateway === null) {
    logger.warn(
      'no SMS gateway is set (SMS_GATEWAY_URL): owners are not told of resets; the messages wait in the database',
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

/** How many messages wait and how many were given up; null while the database does not say. */
export async function countNotifications(
  outbox: Outbox,
  gateway: SmsGatewayOptions | null,
): Promise<Status['notifications']> {
  return outbox.counts().then(
    ({ waiting, dead }) => ({ gateway: gateway !== null, waiting, dead }),
    () => null,
  );
}
