/**
 * Branch 8, as it sounds. It can be read aloud: every line is something the caller hears or does, or a
 * decision. docs/call-flow.md has the picture.
 */
import { makePassword, type FreshPassword } from '../accounts/reset.ts';
import type { Call } from '../call/call.ts';
import { ChannelGone } from '../call/channel.ts';
import { CallCut } from '../call/interruptible-channel.ts';
import { promiseCallBack } from './call-back/promise-call-back.ts';
import type { Caller, Hotline, KnownCaller } from './context.ts';
import { endings, type Ending, type NoIdentityReason } from './ending.ts';
import { enterCode, type NoAttemptsLeft } from './enter-code.ts';
import { offerOtherWays } from './offer-operator.ts';
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
  const password = mayHearPassword(caller, hotline) ? makeEarly(caller, hotline) : null;
  const answer = await enterCode(call, caller, password, hotline); // a match prepares the reset
  switch (answer.kind) {
    case 'silent':
      return giveUpOnSilence(call);
    case 'operator':
      return transferToOperator(call);
    case 'no-attempts-left':
      return refuseMoreAttempts(call, answer);
    case 'over-limit':
      return tryLater(call, answer.limit);
    case 'match':
      break;
  }
  const { match } = answer;
  if (match.reset === null) return promiseCallBack(call, match, hotline);
  return tellPassword(call, caller, match.reset, hotline);
}

/**
 * A caller who may be lying about the number hears no password in their own call. Neither does one who matches a
 * code over its limit, or an account that an officer has restricted to call-backs: that is known only by the check.
 */
function mayHearPassword({ isCertain }: KnownCaller, { callBacks }: Pick<Hotline, 'callBacks'>): boolean {
  return callBacks === null || (isCertain && !callBacks.isAlways);
}

/** Hashed while the caller keys the code, so that nobody waits for it. */
function makeEarly(
  { phone }: KnownCaller,
  { script, drawDigit }: Pick<Hotline, 'script' | 'drawDigit'>,
): Promise<FreshPassword> {
  return makePassword(script.passwordLength, [phone], drawDigit);
}

/** Most callers hang up as soon as they hear it; why they were refused is the reason of the call all the same. */
async function refuseUnknown(call: Call, why: NoIdentityReason): Promise<Ending> {
  await offerOtherWays(call, 'no-identity', 'no-identity').catch((error: unknown) => {
    if (!(error instanceof ChannelGone) || error instanceof CallCut) throw error;
  });
  return endings.noIdentity(why);
}

async function giveUpOnSilence(call: Call): Promise<Ending> {
  await call.say('too-many-silences', 'goodbye');
  return endings.threeSilences();
}

async function transferToOperator(call: Call): Promise<Ending> {
  await call.transferToOperator('operator');
  return endings.operatorAsked();
}

async function refuseMoreAttempts(call: Call, { notice, last }: NoAttemptsLeft): Promise<Ending> {
  await offerOtherWays(call, last, notice, 'too-many-entries');
  return endings.attemptsUsedUp(last);
}
