import type { Attempts } from '../../registry/attempts.ts';
import type { Call } from '../../call/call.ts';
import { ChannelGone } from '../../call/channel.ts';
import { CallCut } from '../../call/interruptible-channel.ts';
import type { CallBackDesk } from './orders.ts';
import type { Ending, Match } from '../reset-password.ts';
import { tryLater } from '../try-later.ts';

/** Tells the caller to hang up and answer; the order goes with the ending. */
export async function promiseCallBack(
  call: Call,
  desk: CallBackDesk,
  registry: Attempts,
  match: Match,
): Promise<Ending> {
  const callBack = await desk.order(match.accountId, match.bhxhCode);
  if (callBack === null) return tryLater(call, 'call-backs-over');
  // The phone gets back what a throttled entry cost it; not worth an apology if that fails.
  if (match.throttledAttemptId !== undefined)
    await registry.refundAttempt(match.throttledAttemptId).catch(() => undefined);
  try {
    await call.say('call-back-promise', 'goodbye');
  } catch (error) {
    if (error instanceof ChannelGone && !(error instanceof CallCut))
      return { outcome: 'call-back', reason: 'hung up as told', callBack };
    desk.finished();
    throw error;
  }
  return { outcome: 'call-back', reason: 'told to answer', callBack };
}
