/**
 * From a channel that has come to a call that is over: opens and closes the call's record, runs
 * the script, and is the one place that catches what ends it early.
 */
import { randomUUID } from 'node:crypto';
import type { CallLedger } from '../records/call-ledger.ts';
import { maskPhone } from '../accounts/phone-number.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { CallOpening } from '../registry/call-records.ts';
import { subjectKey } from '../accounts/subject-key.ts';
import { Call, type CallTimings } from '../call/call.ts';
import { ChannelGone, type Channel } from '../call/channel.ts';
import { CallCut } from '../call/interruptible-channel.ts';
import type { Logger } from '../logger.ts';
import { callBack } from './call-back/call-back.ts';
import type { CallBackDesk } from './call-back/orders.ts';
import { callIdOf, isCallBack } from './call-id.ts';
import { identifyCaller, type CallerIdentity, type IdentityRule } from './caller-identity.ts';
import { askWhileHolding } from './hold.ts';
import { offerOperator } from './offer-operator.ts';
import { resetPassword, type Ending, type ResetDesk } from './reset-password.ts';
import { tryLater } from './try-later.ts';

/** Why a call was not served. */
export type Refusal = 'all lines are busy' | 'the application is being stopped';

/** What all calls of this process share. */
export interface Hotline extends Omit<
  ResetDesk,
  'callId' | 'startedAt' | 'phone' | 'isPhoneCertain' | 'identityReason' | 'callBack' | 'alwaysCallBack'
> {
  /** Absent: nobody is called back. */
  readonly callBack?: CallBackDesk;
  /** This process; a new UUID on each start. */
  readonly instanceId: string;
  readonly ledger: CallLedger;
  readonly timings: CallTimings;
  readonly logger: Logger;
}

/**
 * Serves one caller. Never rejects; the channel is released and the call recorded in every case.
 *
 * @param rule by which the dialplan wants the caller's number judged
 */
export async function takeCall(channel: Channel, hotline: Hotline, rule: IdentityRule): Promise<void> {
  const startedAt = Date.now();
  let callId = callIdOf(channel);
  await hotline.ledger.arrived({ callId, ...openingOf(channel, hotline) });
  const call = new Call(channel, hotline.timings);
  const ending = await attempt(call, hotline, async () => {
    await call.answer();
    const identity = await identifyCaller(channel, rule);
    const opening = openingOf(channel, hotline, identity);
    let admission = await askWhileHolding(call, () => hotline.ledger.open({ callId, ...opening }));
    if (admission === 'ended') {
      // The same channel once more: an admin's operator context may lead back to the menu.
      callId = randomUUID();
      admission = await hotline.ledger.open({ callId, ...opening });
    }
    if (admission === 'phone-busy' || admission === 'phone-over') return tryLater(call, admission);
    return resetPassword(call, { ...hotline, callId, startedAt, ...servedBy(identity, hotline.callBack) });
  });
  await finish(call, hotline, { callId, channelId: channel.id, startedAt }, ending);
  if (ending.callBack !== undefined && hotline.callBack !== undefined)
    await callBack(ending.callBack, hotline.callBack, hotline);
}

function openingOf(
  { id }: Channel,
  { instanceId, hashKey }: Hotline,
  identity?: CallerIdentity,
): Omit<CallOpening, 'callId'> {
  const phone = identity?.phone ?? null;
  return {
    instanceId,
    channelId: id,
    maskedPhone: phone === null ? '' : maskPhone(phone),
    phoneKey: phone === null ? null : subjectKey(hashKey, 'phone', phone),
    // Who only claims a number must not use up what its phone may do.
    takesPlace: identity?.verdict === 'asserted',
  };
}

/** A call that was sent back to the dialplan at once has its row too. */
export function recordRefusal(channel: Channel, hotline: Hotline, reason: Refusal): void {
  hotline.ledger.refuse(
    { callId: randomUUID(), ...openingOf(channel, hotline) },
    { outcome: 'limited', reason, durationMs: 0 },
  );
}

/** What may be done for a caller: a reset in this call, one by call-back only, or none. */
function servedBy(
  { verdict, phone, reason }: CallerIdentity,
  callBack: CallBackDesk | undefined,
): Pick<ResetDesk, 'phone' | 'isPhoneCertain' | 'identityReason' | 'alwaysCallBack'> {
  const isPhoneCertain = verdict === 'asserted';
  const isServed = isPhoneCertain || (verdict === 'contradictory' && callBack !== undefined);
  return {
    phone: isServed ? phone : null,
    isPhoneCertain,
    identityReason: reason,
    alwaysCallBack: !isPhoneCertain || callBack?.options.mode === 'always',
  };
}

/**
 * Serves a caller whom a dead process left behind: an apology, and the line is free again. Speaks
 * before it writes, for the database may be what went away; and never of a fault, for the dead
 * process may have changed the password.
 *
 * @param recovered resolves when the calls of dead processes have their terminal rows
 */
export async function recoverCall(
  channel: Channel,
  hotline: Hotline,
  recovered: Promise<void>,
): Promise<void> {
  const record = { callId: callIdOf(channel), channelId: channel.id, startedAt: Date.now() };
  const call = new Call(channel, hotline.timings);
  try {
    await call.answer();
    if (!isCallBack(channel)) await call.say('interrupted', 'goodbye');
  } catch (error) {
    if (!(error instanceof ChannelGone)) hotline.logger.error('an apology could not be said', { error });
  }
  await call.hangUp();
  await recovered;
  // No news for most; a call whose opening its process could not write gets its row here.
  await hotline.ledger.open({ callId: record.callId, ...openingOf(channel, hotline) }).catch(() => undefined);
  await finish(call, hotline, record, {
    outcome: 'interrupted',
    reason: 'left behind by an earlier process',
  });
}

async function attempt(call: Call, hotline: Hotline, serve: () => Promise<Ending>): Promise<Ending> {
  try {
    return await serve();
  } catch (error) {
    if (error instanceof ChannelGone)
      return { outcome: error instanceof CallCut ? 'interrupted' : 'hung-up', reason: error.message };
    hotline.logger.error('a call met a fault', { error });
    const reason =
      error instanceof RegistryUnavailable
        ? 'the database is away'
        : error instanceof Error
          ? error.name
          : 'unknown';
    await apologise(call);
    return { outcome: 'fault', reason };
  }
}

/** Says sorry, if the line still carries it. */
async function apologise(call: Call): Promise<void> {
  try {
    await offerOperator(call, 'fault');
  } catch {
    // The line is gone too; the caller hears the hang-up.
  }
}

async function finish(
  call: Call,
  hotline: Hotline,
  record: { callId: string; channelId: string; startedAt: number },
  ending: Ending,
): Promise<void> {
  const durationMs = Date.now() - record.startedAt;
  await call.hangUp();
  const { outcome, reason } = ending;
  hotline.ledger.close(record.callId, { outcome, reason, durationMs });
  hotline.logger.info('call ended', {
    callId: record.callId,
    channelId: record.channelId,
    outcome,
    reason,
    durationMs,
  });
}
