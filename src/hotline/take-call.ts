/**
 * Takes a call from its arrival to its end: opens and closes the call's record, runs the script of its branch, and
 * is the one place that catches what ends a call early.
 */
import { randomUUID } from 'node:crypto';
import type { NumberForms } from '../accounts/phone-number.ts';
import { Call } from '../call/call.ts';
import { ChannelGone, type Channel, type Told } from '../call/channel.ts';
import type { NamedBranch } from './branch.ts';
import { placeCallBack } from './call-back/call-back.ts';
import { CallRecord, type Subject } from './call-record.ts';
import { identifyCaller, tellIdentity, type CallerIdentity, type IdentityRule } from './caller-identity.ts';
import type { CallContext, Caller, Hotline } from './context.ts';
import { endingOf, endings, type Ending, type Refusal } from './ending.ts';
import { askWithPleaseWait } from './please-wait.ts';
import { NotedChannel } from './noted-channel.ts';
import { noteAnswers } from './noted-registry.ts';
import { offerOperator } from './offer-operator.ts';
import { tryLater } from './try-later.ts';

/**
 * Serves one caller. Never rejects: the channel is released and the call recorded in every case.
 *
 * @param branch what the caller has chosen
 * @param rule the dialplan's rule for judging the caller's number
 * @param forms how the trunk writes numbers
 */
export async function takeCall(
  channel: Channel,
  hotline: Hotline,
  branch: NamedBranch,
  rule: IdentityRule,
  forms?: NumberForms,
): Promise<void> {
  let record = new CallRecord(channel, hotline, { branch: branch.name });
  const steps = () => record.steps;
  let told: Told = {};
  const line = new NotedChannel(channel, steps, () => ({ callId: record.callId, ...told }));
  const call = new Call(line, hotline.script.timings);
  // Asterisk is asked while the disk takes the note: the caller has pressed 8, and waits.
  const identified = Promise.all([identifyCaller(line, rule, forms), call.answer()]).then(([who]) => who);
  identified.catch(() => undefined); // the caller may hang up before it is awaited
  await record.arrive();
  const serve = async (): Promise<Ending> => {
    const identity = await identified;
    steps().note('identity', identity.verdict);
    told = tellIdentity(identity, channel.callerNumber, forms);
    const open = () => askWithPleaseWait(call, () => record.open(subjectOf(identity)));
    let admission = await open();
    if (admission === 'ended') {
      // The channel was here before: an operator context led back to the menu.
      record = record.startNext();
      admission = await open();
    }
    if (admission === 'phone-busy' || admission === 'phone-over') return tryLater(call, admission);
    const registry = noteAnswers(hotline.registry, steps);
    return branch.serve(call, callerOf(identity, record, hotline), { ...hotline, registry });
  };
  const ending = await serve().catch((error: unknown) => endEarly(call, record, error));
  const { durationMs } = record;
  await call.hangUp();
  await record.whenIdle();
  record.end(ending, durationMs);
  if (ending.outcome === 'call-back') await placeCallBack(ending.order, hotline);
}

/** Records a call that was sent back to the dialplan at once, so it has its row too. */
export function recordRefusal(
  channel: Channel,
  hotline: Pick<Hotline, 'instanceId' | 'node' | 'hashKeys' | 'ledger' | 'logger'>,
  branch: NamedBranch,
  why: Refusal,
): void {
  // The channel may be refused again, or served: each time is a call of its own.
  new CallRecord(channel, hotline, { branch: branch.name, callId: randomUUID() }).refuse(
    endings.refused(why),
  );
}

function subjectOf({ phone, verdict }: CallerIdentity): Subject {
  return { phone, takesPlace: verdict === 'asserted', identity: verdict };
}

/** A claimed number counts only where its owner can be called back. */
function callerOf(
  identity: CallerIdentity,
  { callId, startedAt, unchecked, keepOpenFor }: CallContext,
  { callBacks }: Pick<Hotline, 'callBacks'>,
): Caller {
  const { verdict, phone } = identity;
  const call = { callId, startedAt, unchecked, keepOpenFor };
  if (verdict === 'asserted') return { ...call, phone, isCertain: true };
  if (verdict === 'contradictory' && callBacks !== null) return { ...call, phone, isCertain: false };
  return { phone: null, reason: identity.reason };
}

/** A hang-up only needs its ending. A fault is logged, and the caller hears an apology. */
async function endEarly(call: Call, { log }: CallContext, error: unknown): Promise<Ending> {
  if (!(error instanceof ChannelGone)) {
    log.error('a call met a fault', { error });
    await apologise(call);
  }
  return endingOf(error);
}

/** Apologises, if the line still works. */
async function apologise(call: Call): Promise<void> {
  try {
    await offerOperator(call, 'fault', 'fault');
  } catch {
    // The line is gone too; the caller hears the hang-up.
  }
}
