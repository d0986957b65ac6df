/** Key 8: a new password. */
import { defineBranch } from '../branch.ts';
import { resetPassword } from '../reset-password.ts';

export const branch = defineBranch({
  prompts: [], // all of them are in call/prompts.ts: a call-back and a recovered call play them too
  serve: resetPassword,
});
