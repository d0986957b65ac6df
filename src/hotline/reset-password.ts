/**
 * Branch 8, as it sounds. It can be read aloud: every line is something the caller hears or does, or a
 * decision. docs/call-flow.md has the picture.
 */
import { makePassword } from '../accounts/reset.ts';
import type { Call } from '../call/call.ts';
import type { Prompt } from '../call/prompts.ts';
import { promiseCallBack } from './call-back/promise.ts';
import type { Caller, Hotline, KnownCaller } from './context.ts';
import { endings, type Ending, type NoIdentityReason } from './ending.ts';
import { enterCode, type Match } from './enter-code.ts';
import { offerOperator } from './offer-operator.ts';
import { tellPassword } from './tell-password.ts';
import { tryLater } from './try-later.ts';

/**
 * Runs the whole of branch 8 with a caller who has been answered.
 *
 * @throws ChannelGone when the caller hangs up; a prepared reset is void by then.
 * @throws RegistryUnavailable, PlaybackFailed: nothing was changed.
 */
export async function resetPassword(call: Call, caller: Caller, hotline: Hotline): Promise<Ending> {
  if (caller.phone === null) return refuseUnknown(call, caller.reason);
  const password = makePassword(hotline.script.passwordLength, caller.phone); // while the caller keys
  const entry = await enterCode(call, caller, hotline);
  switch (entry.kind) {
    case 'silent':
      return giveUpOnSilence(call);
    case 'operator':
      return transferToOperator(call);
    case 'used-up':
      return refuseMoreAttempts(call, entry.notice, entry.last);
    case 'over-limit':
      return tryLater(call, entry.limit);
    case 'match':
      break;
  }
  if (mustCallBack(caller, entry.match, hotline)) return promiseCallBack(call, entry.match, hotline);
  return tellPassword(call, caller, entry.match, password, hotline);
}

async function refuseUnknown(call: Call, why: NoIdentityReason): Promise<Ending> {
  await offerOperator(call, 'no-identity');
  return endings.noIdentity(why);
}

async function giveUpOnSilence(call: Call): Promise<Ending> {
  await call.say('too-many-silences', 'goodbye');
  return endings.threeSilences();
}

async function transferToOperator(call: Call): Promise<Ending> {
  await call.transferToOperator();
  return endings.operatorAsked();
}

async function refuseMoreAttempts(
  call: Call,
  notice: Prompt,
  last: 'mismatch' | 'bad-input',
): Promise<Ending> {
  await offerOperator(call, notice, 'too-many-entries');
  return endings.attemptsUsedUp(last);
}

/** A caller who may be lying about the number hears no password in their own call. */
function mustCallBack(
  { isCertain }: KnownCaller,
  { throttledAttemptId }: Match,
  { callBacks }: Pick<Hotline, 'callBacks'>,
): boolean {
  if (callBacks === null) return false;
  return !isCertain || callBacks.isAlways || throttledAttemptId !== undefined;
}
