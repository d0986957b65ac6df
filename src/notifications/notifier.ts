/** The worker that delivers the outbox: at least once, in the background of the application. */
import type { Logger } from 'winston';
import type { Notification, Outbox } from './outbox.ts';
import { sendSms, SmsFailed, type SmsGatewayOptions } from './sms-gateway.ts';
import { smsText } from './sms-text.ts';

export interface NotifierOptions {
  outbox: Outbox;
  gateway: SmsGatewayOptions;
  logger: Logger;
  /** After so many failed attempts a message is dead, however old: one that waited for a gateway gets them all. */
  maxAttempts: number;
  /** Pause after finding nothing due, or no database, ms. Default 2000. */
  idleMs?: number;
}

const firstRetryMs = 5000;
const longestRetryMs = 2 * 3600_000;
/** Between the end of an attempt and its row: longer than the database's own deadline. */
const settleMs = 10_000;

/** Delivers until `stop` is aborted, then resolves once the attempts under way are settled. Never rejects. */
export async function deliverNotifications(options: NotifierOptions, stop: AbortSignal): Promise<void> {
  const { outbox, gateway, logger, idleMs = 2000 } = options;
  let isAway = false;
  while (!stop.aborted) {
    try {
      const due = await outbox.claim(gateway.deadlineMs + settleMs);
      isAway = false;
      await Promise.all(due.map((notification) => deliver(notification, options)));
      if (due.length === 0) await pause(idleMs, stop);
    } catch (error) {
      if (!isAway) logger.warn('notifications wait for the database', { error });
      isAway = true;
      await pause(idleMs, stop);
    }
  }
}

/**
 * One attempt. The row is marked only after the gateway's answer: a crash in between sends the same
 * idempotency key again, and never loses a message.
 */
async function deliver(
  notification: Notification,
  { outbox, gateway, logger, maxAttempts }: NotifierOptions,
): Promise<void> {
  const { resetId, phone, changedAtMs, attempt } = notification;
  try {
    await sendSms(gateway, { id: resetId, to: phone, text: smsText(changedAtMs) });
  } catch (error) {
    const reason = error instanceof SmsFailed ? error.message : 'the message could not be made';
    const isDead = (error instanceof SmsFailed && error.isFinal) || attempt >= maxAttempts;
    await outbox.failed(notification, reason, isDead ? null : retryDelayMs(attempt));
    if (isDead) logger.error('a notification was given up', { resetId, attempt, reason });
    else logger.warn('a notification was not delivered yet', { resetId, attempt, reason });
    return;
  }
  await outbox.delivered(notification);
  logger.info('notification delivered', { resetId, attempt });
}

/**
 * Doubling from 5 s to 2 h, the upper half of it by chance: what failed together does not come
 * back together. Twenty attempts span most of a day.
 */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(longestRetryMs, firstRetryMs * 2 ** (attempt - 1));
  return Math.round(whole / 2 + random() * (whole / 2));
}

function pause(ms: number, stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) return resolve();
    const timer = setTimeout(end, ms);
    stop.addEventListener('abort', end, { once: true });
    function end(): void {
      clearTimeout(timer);
      stop.removeEventListener('abort', end);
      resolve();
    }
  });
}
