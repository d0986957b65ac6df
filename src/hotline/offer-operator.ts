import type { Call } from '../call/call.ts';
import type { Prompt } from '../call/prompts.ts';

/** Says why it ends here, and leaves the caller the choice: `0` for a person, or goodbye. */
export async function offerOperator(call: Call, ...why: Prompt[]): Promise<void> {
  await call.say(...why);
  call.forgetKeys(); // a 0 pressed before the offer, in a code for example, is not an answer to it
  const answer = await call.ask({ prompts: ['offer-operator'], accept: '0', lengths: [1] });
  if (answer.kind === 'digits') await call.transferToOperator();
  else await call.say('goodbye');
}
