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
  /** Failed attempts after which a message is given up. Those of an outage of the gateway do not count. */
  maxAttempts: number;
  /** Pause when nothing is due, or the database is unreachable, ms. Default 2000. */
  idleMs?: number;
  /** Pause before the first message that tries whether an outage of the gateway is over, ms; at most 60 times as long later. Default 5000. */
  probeMs?: number;
}

const firstRetryMs = 5000;
const maxRetryMs = 2 * 3600_000;
const maxOutageRetryMs = 300_000;
/** Time to record the result of an attempt: longer than the deadline of the database, ms. */
const settleMs = 10_000;

/** Delivers until `stop` is aborted, and resolves when the attempts under way are recorded. Never rejects. */
export async function deliverNotifications(options: NotifierOptions, stop: AbortSignal): Promise<void> {
  const { logger, idleMs = 2000, probeMs = 5000 } = options;
  const probePauseMs = backOff({ firstMs: probeMs, maxMs: 60 * probeMs, jitter: Math.random });
  let isUnavailable = false;
  let outages = 0;
  while (!stop.aborted) {
    try {
      const round = await deliverRound(options, outages > 0);
      isUnavailable = false;
      if (round === 'outage') {
        if (++outages === 1)
          logger.error('the SMS gateway takes nothing; it is tried with one message at a time');
        await pause(probePauseMs(outages), stop);
      } else if (round === 'nothing due') {
        await pause(idleMs, stop);
      } else {
        if (outages > 0) logger.info('the SMS gateway takes messages again');
        outages = 0;
      }
    } catch (error) {
      if (!isUnavailable) logger.warn('notifications wait for the database', { error });
      isUnavailable = true;
      await pause(idleMs, stop);
    }
  }
}

/** An attempt that failed. */
interface Failure {
  readonly notification: Notification;
  readonly reason: string;
  /** The gateway refuses this message, and so is in order. */
  readonly isFinal: boolean;
}

/**
 * Sends what is due, side by side. `outage`: of several messages, or of the one that probes, the gateway
 * took none and refused none for good. No message is to blame for that, so none has used an attempt; the
 * same goes for a single message that keeps failing, which its age ends.
 */
async function deliverRound(
  options: NotifierOptions,
  isProbe: boolean,
): Promise<'nothing due' | 'outage' | 'delivered'> {
  const { outbox, gateway } = options;
  const due = await outbox.claim(gateway.deadlineMs + settleMs, isProbe ? 1 : undefined);
  if (due.length === 0) return 'nothing due';
  const failures = (await Promise.all(due.map((notification) => deliver(notification, options)))).filter(
    (failure) => failure !== null,
  );
  const isOutage = failures.length === due.length && failures.every(({ isFinal }) => !isFinal);
  await Promise.all(failures.map((failure) => settle(failure, isOutage, options)));
  return isOutage ? 'outage' : 'delivered';
}

/**
 * Makes one attempt; null if the gateway has taken the message. The row is marked only after the gateway has
 * answered: a crash in between sends the same id again, and loses no message.
 */
async function deliver(
  notification: Notification,
  { outbox, gateway, logger }: NotifierOptions,
): Promise<Failure | null> {
  const { resetId, phone, changedAtMs, attempt } = notification;
  try {
    await sendSms(gateway, { id: resetId, to: phone, text: smsText(changedAtMs) });
  } catch (error) {
    const isOfGateway = error instanceof SmsFailed;
    return {
      notification,
      reason: isOfGateway ? error.message : 'the message could not be created',
      isFinal: isOfGateway && error.isFinal,
    };
  }
  await outbox.markDelivered(notification);
  logger.info('notification delivered', { resetId, attempt });
  return null;
}

async function settle(
  { notification, reason, isFinal }: Failure,
  isOutage: boolean,
  { outbox, logger, maxAttempts }: NotifierOptions,
): Promise<void> {
  const { resetId, attempt } = notification;
  if (isOutage) {
    const retryInMs = Math.min(retryDelayMs(attempt), maxOutageRetryMs);
    await outbox.markFailed(notification, reason, retryInMs, false);
    logger.warn('a notification was not delivered yet', { resetId, attempt, reason });
    return;
  }
  const failures = notification.failures + 1;
  const isDead = isFinal || failures >= maxAttempts;
  await outbox.markFailed(notification, reason, isDead ? null : retryDelayMs(failures));
  if (isDead) logger.error('a notification was given up', { resetId, attempt, reason });
  else logger.warn('a notification was not delivered yet', { resetId, attempt, reason });
}

/** From 5 s to 2 h, with jitter; attempts count from 1. Twenty attempts span most of a day. */
export function retryDelayMs(attempt: number, jitter: () => number = Math.random): number {
  return backOff({ firstMs: firstRetryMs, maxMs: maxRetryMs, jitter })(attempt);
}
