/** Asking for the code: up to three attempts and three silences, counted apart. */
import { randomUUID } from 'node:crypto';
import { checkAttempt, refundUnanswered, type Attempt, type AttemptResult } from '../accounts/attempt.ts';
import type { FreshPassword, OfferedPassword } from '../accounts/reset.ts';
import type { Answer, Call, Question } from '../call/call.ts';
import type { Prompt } from '../call/prompts.ts';
import type { PersonCodes } from '../registry/account-codes.ts';
import type { AccountId } from '../registry/accounts.ts';
import type { Hotline, KnownCaller } from './context.ts';
import type { LimitMet } from './ending.ts';
import { askWithPleaseWait } from './please-wait.ts';

/** A code that is registered with the caller's number. */
export interface Match {
  readonly accountId: AccountId;
  /** All that the person has. */
  readonly codes: PersonCodes;
  /** Set if the code is over its limit: the owner is called back, and anyone else hears a mismatch. */
  readonly throttledAttemptId?: string;
  /** Prepared by the check, or why not. Null: the password may only be said in a call to the registered number. */
  readonly reset: OfferedPassword | null;
}

/** Every attempt was used, and none matched. */
export interface NoAttemptsLeft {
  readonly kind: 'no-attempts-left';
  /** About the last attempt; not said yet. */
  readonly notice: Prompt;
  /** For the records: `mismatch` if at least one code was checked, `bad-input` if all had the wrong length. */
  readonly last: 'mismatch' | 'bad-input';
}

/** The result of asking for the code. */
export type CodeAnswer =
  | { readonly kind: 'match'; readonly match: Match }
  | { readonly kind: 'silent' | 'operator' }
  | { readonly kind: 'over-limit'; readonly limit: LimitMet }
  | NoAttemptsLeft;

/** The parts of the hotline that asking for a code uses. */
type AskingContext = Pick<Hotline, 'registry' | 'hashKeys' | 'script' | 'callBacks'>;

/** Said to a silent caller before the question is asked again; the third silence ends the call. */
const silenceNotices: readonly Prompt[] = ['code-silence', 'code-silence'];

/**
 * Asks until a code matches the caller's number, or the attempts or silences are used up.
 *
 * @param password that a match is for; null: none may be said in this call
 * @throws ChannelGone, RegistryUnavailable, PlaybackFailed
 */
export async function enterCode(
  call: Call,
  caller: KnownCaller,
  password: Promise<FreshPassword> | null,
  context: AskingContext,
): Promise<CodeAnswer> {
  const { codeLengths, attemptsPerCall } = context.script;
  const question: Prompt = `enter-code-${codeLengths.join('-or-') as '10' | '12' | '10-or-12'}`;
  const notices = [...silenceNotices];
  let prompts: Prompt[] = [question];
  let notice: Prompt = 'mismatch';
  let last: 'mismatch' | 'bad-input' = 'bad-input';
  for (let attemptsLeft = attemptsPerCall; attemptsLeft > 0;) {
    const answer = await ask(call, caller, { prompts, again: ['enter-again'], lengths: codeLengths });
    if (answer.kind === 'silence') {
      const silenceNotice = notices.shift();
      if (silenceNotice === undefined) return { kind: 'silent' };
      prompts = [silenceNotice, question];
      continue;
    }
    // A code may begin with 0, so 0 means the operator only if nothing follows it.
    if (answer.digits === '0') return { kind: 'operator' };
    attemptsLeft--;
    if (codeLengths.includes(answer.digits.length)) {
      const result = await check(call, caller, answer.digits, password, context);
      if (result.kind === 'phone-over') return { kind: 'over-limit', limit: result.kind };
      const match = matchOf(result, context);
      if (match !== null) return { kind: 'match', match };
      notice = last = 'mismatch';
    } else notice = 'code-length';
    call.forgetKeys(); // keyed before the caller knew the result; they must not answer the next question
    prompts = [notice, 'enter-again'];
  }
  return { kind: 'no-attempts-left', notice, last };
}

/** Counts for the call's row what no check will see. */
async function ask(call: Call, { unchecked }: KnownCaller, question: Question): Promise<Answer> {
  try {
    const answer = await call.ask(question);
    if (answer.kind === 'silence') unchecked.silences++;
    else if (answer.digits !== '0' && !question.lengths.includes(answer.digits.length))
      unchecked.incompleteCodes++;
    return answer;
  } catch (error) {
    if (call.isKeying) unchecked.incompleteCodes++;
    throw error;
  }
}

/** A throttled match counts only if its owner can be called back; otherwise it sounds like any mismatch. */
function matchOf(result: AttemptResult, { callBacks }: AskingContext): Match | null {
  if (result.kind === 'match') {
    const { accountId, codes, reset } = result;
    return { accountId, codes, reset };
  }
  if (result.kind !== 'throttled' || result.accountId === null || callBacks === null) return null;
  const { accountId, codes, attemptId } = result;
  return { accountId, codes, reset: null, throttledAttemptId: attemptId };
}

/**
 * The prompt and the work are the same for every code, so nothing reveals which ones exist. An attempt
 * that the database could not answer does not count. A caller who hangs up meanwhile leaves the check under way,
 * which may prepare a reset: the call is kept open for it, so that its end voids that one.
 */
async function check(
  call: Call,
  { callId, phone, isCertain, keepOpenFor }: KnownCaller,
  code: string,
  password: Promise<FreshPassword> | null,
  { registry, hashKeys, callBacks }: AskingContext,
): Promise<AttemptResult> {
  const attempt: Attempt = {
    attemptId: randomUUID(),
    callId,
    code,
    phone,
    isPhoneCertain: isCertain,
    canCallBack: callBacks !== null,
  };
  let isUnanswered = false;
  const ask = () => {
    const asked = checkAttempt(registry, hashKeys, attempt, password);
    keepOpenFor(asked);
    return asked.catch((error: unknown) => {
      isUnanswered = true;
      throw error;
    });
  };
  try {
    return await askWithPleaseWait(call, ask, 'pause', 'please-wait');
  } catch (error) {
    if (isUnanswered) void refundUnanswered(registry, attempt.attemptId);
    throw error;
  }
}
