import type { Call } from '../call/call.ts';
import type { Prompt } from '../call/prompts.ts';
import type { CallOutcome } from '../registry/call-records.ts';

/** Says why the call ends here, and lets the caller choose: `0` for the operator, or goodbye. */
export async function offerOperator(call: Call, outcome: CallOutcome, ...why: Prompt[]): Promise<void> {
  await call.say(...why);
  call.forgetKeys(); // a 0 keyed before the offer, for example in a code, is not an answer to it
  const answer = await call.ask({ prompts: ['offer-operator'], accept: '0', lengths: [1] });
  if (answer.kind === 'digits') await call.transferToOperator(outcome);
  else await call.say('goodbye');
}
