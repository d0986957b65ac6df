import type { Answer, Call } from '../call/call.ts';
import type { Prompt } from '../call/prompts.ts';
import type { CallOutcome } from '../registry/call-records.ts';

/** Says why the call ends here, and lets the caller choose: `0` for the operator, or goodbye. */
export async function offerOperator(call: Call, outcome: CallOutcome, ...why: Prompt[]): Promise<void> {
  await sayWhy(call, why);
  await follow(call, outcome, await call.ask({ prompts: ['offer-operator'], accept: '0', lengths: [1] }));
}

/**
 * As {@link offerOperator}, and `1` tells first how else a password can be had. For callers whom this call
 * cannot help, however often they try.
 */
export async function offerOtherWays(call: Call, outcome: CallOutcome, ...why: Prompt[]): Promise<void> {
  await sayWhy(call, why);
  const prompts: Prompt[] = ['offer-other-ways', 'offer-operator'];
  const answer = await call.ask({ prompts, accept: '01', lengths: [1] });
  const isAsked = answer.kind === 'digits' && answer.digits === '1';
  await follow(call, outcome, isAsked ? await tellOtherWays(call) : answer);
}

async function sayWhy(call: Call, why: readonly Prompt[]): Promise<void> {
  await call.say(...why);
  call.forgetKeys(); // a 0 keyed before the offer, for example in a code, is not an answer to it
}

/** One question, so that `0` reaches the operator from the middle of it. */
async function tellOtherWays(call: Call): Promise<Answer> {
  const otherWays: Prompt[] = ['pause', 'other-ways-online', 'pause', 'other-ways-forms', 'pause'];
  return call.ask({ prompts: [...otherWays, 'offer-operator'], accept: '0', lengths: [1] });
}

async function follow(call: Call, outcome: CallOutcome, answer: Answer): Promise<void> {
  if (answer.kind === 'digits') await call.transferToOperator(outcome);
  else await call.say('goodbye');
}
