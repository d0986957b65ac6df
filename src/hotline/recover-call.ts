/** A caller whom a process that died has left on the line. */
import { Call } from '../call/call.ts';
import { ChannelGone, type Channel } from '../call/channel.ts';
import { isCallBack } from '../call/call-id.ts';
import { CallRecord } from './call-record.ts';
import type { Hotline } from './context.ts';
import { interrupted } from './ending.ts';

/**
 * Apologises, lets the caller go, and sees to it that the call has its row. Speaks before it writes,
 * for the database may be what failed; and never of a fault, for the process that died may have
 * changed the password. Never rejects.
 *
 * @param recovered resolves when the calls of earlier processes have their terminal rows
 */
export async function recoverCall(
  channel: Channel,
  hotline: Pick<Hotline, 'instanceId' | 'hashKey' | 'ledger' | 'logger' | 'script'>,
  recovered: Promise<void>,
): Promise<void> {
  const record = new CallRecord(channel, hotline);
  const call = new Call(channel, hotline.script.timings);
  try {
    await call.answer();
    // Whoever was called back may be a voicemail: nothing is said there.
    if (!isCallBack(channel)) await call.say('interrupted', 'goodbye');
  } catch (error) {
    if (!(error instanceof ChannelGone)) record.log.error('an apology could not be said', { error });
  }
  await call.hangUp();
  await recovered;
  // Most calls are closed by now; one whose opening was never written gets its row here.
  await record.open({ phone: null, takesPlace: false }).catch(() => undefined);
  record.end(interrupted, record.durationMs);
}
