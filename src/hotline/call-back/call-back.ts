/**
 * Calling back (docs/adr/0014-call-back.md): when the caller may be lying about the number, the
 * password is read only to the phone that the number reaches. Until a key is pressed there, only a
 * neutral request is said, so a voicemail hears no more.
 */
import { makePassword, PasswordReset, type FreshPassword } from '../../accounts/reset.ts';
import { Call } from '../../call/call.ts';
import { ChannelGone, type Channel } from '../../call/channel.ts';
import type { Prompt } from '../../call/prompts.ts';
import { resetBranch } from '../../registry/call-records.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import { callBackChannelId } from '../../call/call-id.ts';
import { CallRecord } from '../call-record.ts';
import { NotedChannel } from '../noted-channel.ts';
import { noteAnswers } from '../noted-registry.ts';
import type { Hotline } from '../context.ts';
import { endingOf, endings, type Ending } from '../ending.ts';
import { askWithPleaseWait, withPleaseWait } from '../please-wait.ts';
import { tellPassword } from '../tell-password.ts';
import type { CallBackOrder } from './orders.ts';
import { wait } from '../../timing/wait.ts';

/** The key that says a person is listening. */
const consentKey = '1';
/** Asked twice, because a handset takes a moment to reach the ear. */
const requests: readonly Prompt[] = ['call-back-request', 'call-back-request'];

/** Carries out one order, with an audit row of its own. Never rejects. */
export async function placeCallBack(order: CallBackOrder, hotline: Hotline): Promise<void> {
  const record = new CallRecord({ id: callBackChannelId(order.id) }, hotline, { branch: resetBranch });
  const ending = await dialAndSpeak(order, record, hotline).catch((error: unknown) => {
    if (!(error instanceof ChannelGone)) record.log.error('a call-back met a fault', { error });
    return endingOf(error);
  });
  hotline.callBacks?.finish();
  record.end(ending, record.durationMs);
}

async function dialAndSpeak(
  order: CallBackOrder,
  record: CallRecord,
  hotline: Pick<Hotline, 'callBacks' | 'registry' | 'script'>,
): Promise<Ending> {
  const { callBacks, script } = hotline;
  if (callBacks === null) throw new Error('a call-back was ordered while call-backs are off');
  const { number, codes } = order;
  const { delayMs, ringMs, line } = callBacks.options;
  // Opened before the wait, so a promise broken by a crash has its row. If the database is unreachable,
  // the opening is written together with the ending, and the promise is kept all the same. A call-back
  // takes no place: it does not count towards the phone's calls at once.
  await record.open({ phone: number, takesPlace: false, bhxhCode: codes[0] }).catch(ignoreUnavailable);
  await wait(delayMs);
  const password = makePassword(script.passwordLength, [number, ...codes]);
  const steps = () => record.steps;
  record.steps.note('dials');
  const answered = await line.dial(number, { channelId: record.channelId, ringMs });
  if (typeof answered === 'string') return endings.notAnswered(answered);
  const registry = noteAnswers(hotline.registry, steps);
  return speak(new NotedChannel(answered, steps), record, order, password, { registry, script });
}

/** Runs the call with the person who picked up. */
async function speak(
  channel: Channel,
  record: Pick<CallRecord, 'callId' | 'startedAt' | 'unchecked'>,
  order: CallBackOrder,
  password: Promise<FreshPassword>,
  hotline: Pick<Hotline, 'registry' | 'script'>,
): Promise<Ending> {
  const call = new Call(channel, hotline.script.timings);
  try {
    await call.answer();
    const refusal = await askForConsent(call);
    if (refusal !== null) return refusal;
    return await prepareAndTell(call, record, order, password, hotline).catch(async (error: unknown) => {
      if (!(error instanceof ChannelGone)) await call.say('fault').catch(() => undefined);
      throw error;
    });
  } finally {
    await call.hangUp();
  }
}

/** The reset is prepared only now that a person is listening. */
async function prepareAndTell(
  call: Call,
  record: Pick<CallRecord, 'callId' | 'startedAt' | 'unchecked'>,
  { accountId, codes, number }: CallBackOrder,
  password: Promise<FreshPassword>,
  { registry, script }: Pick<Hotline, 'registry' | 'script'>,
): Promise<Ending> {
  const fresh = await withPleaseWait(call, password);
  const subject = { callId: record.callId, phone: number, accountId, codes, isCallBack: true };
  // If repeated after a lost answer, this makes another reset and voids the first.
  const prepare = () => PasswordReset.prepare(registry, subject, fresh);
  const reset = await askWithPleaseWait(call, prepare);
  return tellPassword(call, record, reset, { script }, ['pause', 'call-back-greeting']);
}

/** Returns null when the consent key was pressed. */
async function askForConsent(call: Call): Promise<Ending | null> {
  for (const request of requests) {
    const answer = await call.ask({ prompts: [request], accept: '0123456789*#', lengths: [1] });
    if (answer.kind === 'silence') continue;
    return answer.digits === consentKey ? null : endings.noConsent('another key');
  }
  return endings.noConsent('no key');
}

/** @throws every error except RegistryUnavailable */
function ignoreUnavailable(error: unknown): void {
  if (!(error instanceof RegistryUnavailable)) throw error;
}
