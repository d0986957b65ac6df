/**
 * Calling back (docs/adr/0014-call-back.md): whoever may be lying about the number gets the password
 * only where the number rings. Nothing but a neutral request is said before a key is pressed, so
 * that no voicemail hears more.
 */
import { maskPhone } from '../../accounts/phone-number.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import type { CallOpening } from '../../registry/call-records.ts';
import { freshPassword } from '../../accounts/reset.ts';
import { subjectKey } from '../../accounts/subject-key.ts';
import { Call } from '../../call/call.ts';
import { ChannelGone, type Channel } from '../../call/channel.ts';
import type { Prompt } from '../../call/prompts.ts';
import type { CallBackDesk, CallBackOrder } from './orders.ts';
import { callBackChannelId, callIdOf } from '../call-id.ts';
import { givePassword, type Ending, type ResetDesk } from '../reset-password.ts';
import type { Hotline } from '../take-call.ts';

/** The key that says a person is listening. */
const consentKey = '1';
/** Asked this often: a handset takes a moment to reach the ear. */
const requests: readonly Prompt[] = ['call-back-request', 'call-back-request'];

/** Carries out one order, with a row in the audit of its own. Never rejects. */
export async function callBack(order: CallBackOrder, desk: CallBackDesk, hotline: Hotline): Promise<void> {
  const startedAt = Date.now();
  const channelId = callBackChannelId(order.id);
  const callId = callIdOf({ id: channelId });
  const ending = await attempt(hotline, async () => {
    // Before the wait: a promise that a crash leaves unkept has its row.
    // One that the database does not take now is written with the end, and the promise is kept.
    await hotline.ledger
      .open({ callId, instanceId: hotline.instanceId, channelId, ...aboutOrder(order, hotline.hashKey) })
      .catch(unlessAway);
    await new Promise((resolve) => setTimeout(resolve, desk.options.delayMs));
    const fresh = freshPassword(hotline.passwordLength, [order.number, order.bhxhCode]);
    fresh.catch(() => undefined); // nobody may answer
    const answered = await desk.options.line.dial(order.number, { channelId, ringMs: desk.options.ringMs });
    if (typeof answered === 'string') return { outcome: 'not-answered', reason: answered };
    return speak(
      answered,
      {
        ...hotline,
        callId,
        startedAt,
        phone: order.number,
        isPhoneCertain: true,
        identityReason: 'called back',
      },
      order,
      fresh,
    );
  });
  desk.finished();
  const { outcome, reason } = ending;
  const durationMs = Date.now() - startedAt;
  hotline.ledger.close(callId, { outcome, reason, durationMs });
  hotline.logger.info('call-back ended', { callId, channelId, outcome, reason, durationMs });
}

/** What an officer finds the row by. The phone's own calls at once are not fewer for it. */
function aboutOrder(
  { number, bhxhCode }: CallBackOrder,
  hashKey: string,
): Pick<CallOpening, 'maskedPhone' | 'phoneKey' | 'codeKey' | 'takesPlace'> {
  return {
    maskedPhone: maskPhone(number),
    phoneKey: subjectKey(hashKey, 'phone', number),
    codeKey: subjectKey(hashKey, 'code', bhxhCode),
    takesPlace: false,
  };
}

/** With whoever picked up. */
async function speak(
  channel: Channel,
  desk: ResetDesk & Hotline,
  order: CallBackOrder,
  fresh: ReturnType<typeof freshPassword>,
): Promise<Ending> {
  const call = new Call(channel, desk.timings);
  try {
    await call.answer();
    const refusal = await consent(call);
    if (refusal !== null) return refusal;
    return await givePassword(call, desk, order.number, order, fresh, ['pause', 'call-back-greeting']).catch(
      async (error: unknown) => {
        if (!(error instanceof ChannelGone)) await call.say('fault').catch(() => undefined);
        throw error;
      },
    );
  } finally {
    await call.hangUp();
  }
}

/** Null when the key was pressed. */
async function consent(call: Call): Promise<Ending | null> {
  for (const request of requests) {
    const answer = await call.ask({ prompts: [request], accept: '0123456789*#', lengths: [1] });
    if (answer.kind === 'silence') continue;
    return answer.digits === consentKey
      ? null
      : { outcome: 'not-answered', reason: 'another key was pressed' };
  }
  return { outcome: 'not-answered', reason: 'no key was pressed' };
}

/** @throws what is not about the database being away */
function unlessAway(error: unknown): void {
  if (!(error instanceof RegistryUnavailable)) throw error;
}

async function attempt(hotline: Hotline, work: () => Promise<Ending>): Promise<Ending> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ChannelGone) return { outcome: 'hung-up', reason: error.message };
    hotline.logger.error('a call-back met a fault', { error });
    return {
      outcome: 'fault',
      reason:
        error instanceof RegistryUnavailable
          ? 'the database is away'
          : error instanceof Error
            ? error.name
            : 'unknown',
    };
  }
}
