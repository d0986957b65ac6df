/** Recovers a call that was interrupted when its process died. */
import { Call } from '../call/call.ts';
import { ChannelGone, type Channel } from '../call/channel.ts';
import { isCallBack } from '../call/call-id.ts';
import { CallRecord } from './call-record.ts';
import type { Hotline } from './context.ts';

/**
 * Apologises, releases the line, and makes sure that the call has its row. Speaks first and writes
 * later, because the database may be what failed. Never speaks of a fault, because the earlier process
 * may have changed the password. Never rejects.
 *
 * @param recovered resolves when the calls of earlier processes have their terminal rows
 */
export async function recoverCall(
  channel: Channel,
  hotline: Pick<Hotline, 'instanceId' | 'node' | 'hashKeys' | 'ledger' | 'logger' | 'script'>,
  recovered: Promise<void>,
): Promise<void> {
  const record = new CallRecord(channel, hotline);
  const call = new Call(channel, hotline.script.timings);
  try {
    await call.answer();
    // A voicemail may have answered a call-back, so nothing is said on it.
    if (!isCallBack(channel)) await call.say('interrupted', 'goodbye');
  } catch (error) {
    if (!(error instanceof ChannelGone)) record.log.error('an apology could not be said', { error });
  }
  await call.hangUp();
  await recovered;
  // Most calls are closed by now; one whose opening was never written gets its row here.
  await record.open({ phone: null, takesPlace: false }).catch(() => undefined);
  await record.endInterrupted();
}
