/** The worker that delivers the outbox in the background: every message at least once. */
import type { Logger } from 'winston';
import type { MysqlOutbox, Notification } from '../mysql/outbox.ts';
import { backOff } from '../timing/back-off.ts';
import { pause } from '../timing/pause.ts';
import { sendSms, SmsFailed, type SmsGatewayOptions } from './sms-gateway.ts';
import { smsText } from './sms-text.ts';

export interface NotifierOptions {
  outbox: Pick<MysqlOutbox, 'claim' | 'markDelivered' | 'markFailed'>;
  gateway: SmsGatewayOptions;
  logger: Logger;
  /**
   * Failed attempts after which a message is given up. Its age does not count: a message that
   * waited for a gateway gets them all.
   */
  maxAttempts: number;
  /** Pause when nothing is due, or the database is unreachable, ms. Default 2000. */
  idleMs?: number;
}

const firstRetryMs = 5000;
const maxRetryMs = 2 * 3600_000;
/** Time to record the result of an attempt: longer than the deadline of the database, ms. */
const settleMs = 10_000;

/** Delivers until `stop` is aborted, and resolves when the attempts under way are recorded. Never rejects. */
export async function deliverNotifications(options: NotifierOptions, stop: AbortSignal): Promise<void> {
  const { outbox, gateway, logger, idleMs = 2000 } = options;
  let isUnavailable = false;
  while (!stop.aborted) {
    try {
      const due = await outbox.claim(gateway.deadlineMs + settleMs);
      isUnavailable = false;
      await Promise.all(due.map((notification) => deliver(notification, options)));
      if (due.length === 0) await pause(idleMs, stop);
    } catch (error) {
      if (!isUnavailable) logger.warn('notifications wait for the database', { error });
      isUnavailable = true;
      await pause(idleMs, stop);
    }
  }
}

/**
 * Makes one attempt. The row is marked only after the gateway has answered: a crash in between sends
 * the same id again, and loses no message.
 */
async function deliver(
  notification: Notification,
  { outbox, gateway, logger, maxAttempts }: NotifierOptions,
): Promise<void> {
  const { resetId, phone, changedAtMs, attempt } = notification;
  try {
    await sendSms(gateway, { id: resetId, to: phone, text: smsText(changedAtMs) });
  } catch (error) {
    const reason = error instanceof SmsFailed ? error.message : 'the message could not be created';
    const isDead = (error instanceof SmsFailed && error.isFinal) || attempt >= maxAttempts;
    await outbox.markFailed(notification, reason, isDead ? null : retryDelayMs(attempt));
    if (isDead) logger.error('a notification was given up', { resetId, attempt, reason });
    else logger.warn('a notification was not delivered yet', { resetId, attempt, reason });
    return;
  }
  await outbox.markDelivered(notification);
  logger.info('notification delivered', { resetId, attempt });
}

/** From 5 s to 2 h, with jitter; attempts count from 1. Twenty attempts span most of a day. */
export function retryDelayMs(attempt: number, jitter: () => number = Math.random): number {
  return backOff({ firstMs: firstRetryMs, maxMs: maxRetryMs, jitter })(attempt);
}
