import type { Call } from '../../call/call.ts';
import { ChannelGone } from '../../call/channel.ts';
import type { Hotline } from '../context.ts';
import { endings, isInterruption, type Ending } from '../ending.ts';
import type { Match } from '../enter-code.ts';
import { askWithPleaseWait } from '../please-wait.ts';
import { refuseNoMatch } from '../tell-password.ts';
import { tryLater } from '../try-later.ts';

/** Tells the caller to hang up and wait for a call. The ending carries the order. */
export async function promiseCallBack(
  call: Call,
  match: Match,
  { callBacks, registry }: Pick<Hotline, 'callBacks' | 'registry'>,
): Promise<Ending> {
  if (callBacks === null) throw new Error('a call-back was promised while call-backs are off');
  const order = await callBacks.take(match, registry, (question) => askWithPleaseWait(call, question));
  if (order === 'moved' || order === 'blocked') return refuseNoMatch(call, order);
  if (order === 'call-backs-over') return tryLater(call, order);
  // Refunds the attempt to the phone; a failure is not worth an apology.
  if (match.throttledAttemptId !== undefined)
    await registry.refundAttempt(match.throttledAttemptId).catch(() => undefined);
  if (order === 'call-backs-busy') return tryLater(call, order);
  try {
    await call.tell('call-back-promise', 'goodbye');
  } catch (error) {
    // A promise to a line on hold was not heard, and is not kept.
    if (error instanceof ChannelGone && !isInterruption(error) && !call.isOnHold)
      return endings.callBack(order, 'hung up as told');
    callBacks.finish();
    throw error;
  }
  return endings.callBack(order, 'told to answer');
}
