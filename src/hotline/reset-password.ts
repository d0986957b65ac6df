/**
 * Branch 8, as it sounds. Read it aloud: every line is something the caller hears or does.
 * The table it follows is in docs/call-flow.md.
 */
import { randomUUID } from 'node:crypto';
import { checkAttempt, refundUnanswered, type Attempt, type AttemptResult } from '../accounts/attempt.ts';
import type { AccountId, Accounts } from '../registry/accounts.ts';
import type { CallOutcome } from '../registry/call-records.ts';
import type { Attempts } from '../registry/attempts.ts';
import type { Resets } from '../registry/resets.ts';
import { PasswordReset, freshPassword, type FreshPassword } from '../accounts/reset.ts';
import type { Call } from '../call/call.ts';
import { ChannelGone } from '../call/channel.ts';
import { speakDigits, type Prompt, type Utterance } from '../call/prompts.ts';
import type { CallBackDesk, CallBackOrder } from './call-back/orders.ts';
import { askWhileHolding, withPleaseWait } from './hold.ts';
import { offerOperator } from './offer-operator.ts';
import { promiseCallBack } from './call-back/promise.ts';
import { tryLater } from './try-later.ts';

/** How a call ended, for the audit and the log. */
export interface Ending {
  readonly outcome: CallOutcome;
  /** Short and free of caller data. */
  readonly reason: string;
  /** With outcome `call-back` only: what was promised. */
  readonly callBack?: CallBackOrder;
}

/** What the script of the call needs besides the caller. */
export interface ResetDesk {
  readonly callId: string;
  /** When the call came, ms since the epoch. */
  readonly startedAt: number;
  /** The caller's number, E.164; null when there is none that can be trusted. */
  readonly phone: string | null;
  /** Whether `phone` is asserted, and not only claimed; a claim leads to a call-back at most. */
  readonly isPhoneCertain: boolean;
  /** Why `phone` is what it is; free of caller data. */
  readonly identityReason: string;
  readonly registry: Accounts & Attempts & Resets;
  /** HASH_KEY, by which phones and codes are counted. */
  readonly hashKey: string;
  /** A caller may key the code this often. */
  readonly attemptsPerCall: number;
  readonly codeLengths: readonly number[];
  readonly passwordLength: number;
  /** After the second reading; 0: no expiry. */
  readonly passwordValidMinutes: number;
  /** How long a sentence takes to say, ms. */
  readonly speechMs: (sentence: readonly Utterance[]) => number;
  /** Absent: nobody is called back. */
  readonly callBack?: CallBackDesk;
  /** No password is said in this call: the identity is doubtful, or the admin wants it so. */
  readonly alwaysCallBack?: boolean;
}

/** A code and number that belong together. */
export interface Match {
  readonly accountId: AccountId;
  readonly bhxhCode: string;
  /** The code is over its limit: only by call-back, and to anyone else it is a mismatch. */
  readonly throttledAttemptId?: string;
}

/** Told to a silent caller before the question comes again; the third silence ends the call. */
const silenceNotices: readonly Prompt[] = ['code-silence', 'code-silence'];

/**
 * The whole of branch 8 with an answered caller.
 *
 * @throws ChannelGone when the caller hangs up; a prepared reset is void by then.
 * @throws RegistryUnavailable, PlaybackFailed: nothing was changed.
 */
export async function resetPassword(call: Call, desk: ResetDesk): Promise<Ending> {
  if (desk.phone === null) {
    await offerOperator(call, 'no-identity');
    return { outcome: 'no-identity', reason: desk.identityReason };
  }
  // Made for every caller while the keys are pressed, so that it neither adds silence nor tells
  // a known code from an unknown one.
  const fresh = freshPassword(desk.passwordLength, [desk.phone]);
  fresh.catch(() => undefined); // a caller may leave before anyone awaits it

  const match = await enterCode(call, desk, desk.phone);
  if ('outcome' in match) return match;

  if (desk.callBack !== undefined && (desk.alwaysCallBack || match.throttledAttemptId !== undefined))
    return promiseCallBack(call, desk.callBack, desk.registry, match);
  return givePassword(call, desk, desk.phone, match, fresh);
}

/** Reads a new password, makes it the account's, and reads it again: to a caller, or to one called back. */
export async function givePassword(
  call: Call,
  desk: ResetDesk,
  phone: string,
  { accountId, bhxhCode }: Match,
  fresh: Promise<FreshPassword>,
  greeting: readonly Utterance[] = [],
): Promise<Ending> {
  const password = await withPleaseWait(call, fresh);
  // Asked again it makes another reset, and voids the one whose answer was lost.
  const reset = await askWhileHolding(call, () =>
    PasswordReset.prepare(desk.registry, { callId: desk.callId, phone, accountId, bhxhCode }, password),
  );
  if (reset === 'too-often') return tryLater(call, reset);
  try {
    await call.say(...greeting, 'password-intro', ...speakDigits(reset.digits));
    await call.stillThere();
  } catch (error) {
    await voided(reset);
    throw error;
  }
  return change(call, desk, reset);
}

/** Asks for the code until it matches the caller's number, or the entries or silences run out. */
async function enterCode(call: Call, desk: ResetDesk, phone: string): Promise<Match | Ending> {
  const question: Prompt = `enter-code-${desk.codeLengths.join('-or-') as '10' | '12' | '10-or-12'}`;
  const notices = [...silenceNotices];
  let prompts: Prompt[] = [question];
  let outcome: CallOutcome = 'bad-input';
  for (let attemptsLeft = desk.attemptsPerCall; attemptsLeft > 0;) {
    const answer = await call.ask({ prompts, again: ['enter-again'], lengths: desk.codeLengths });
    if (answer.kind === 'silence') {
      const notice = notices.shift();
      if (notice === undefined) return silent(call);
      prompts = [notice, question];
      continue;
    }
    // A code may begin with 0, so 0 means the operator only when nothing follows it.
    if (answer.digits === '0') return operator(call);
    attemptsLeft--;
    if (!desk.codeLengths.includes(answer.digits.length)) {
      prompts = ['code-length', 'enter-again'];
      call.forgetKeys(); // more of the same, keyed before the caller knew
      continue;
    }
    // The same prompt and the same work for every code, so that nothing tells which ones exist.
    const entry = await check(call, desk, {
      attemptId: randomUUID(),
      callId: desk.callId,
      bhxhCode: answer.digits,
      phone,
      isPhoneCertain: desk.isPhoneCertain,
    });
    if (entry.kind === 'match') return { accountId: entry.accountId, bhxhCode: answer.digits };
    if (entry.kind === 'phone-over') return tryLater(call, entry.kind);
    // Its owner is called back; to everyone else, and with call-back off, it sounds like any mismatch.
    if (entry.kind === 'throttled' && entry.accountId !== null && desk.callBack !== undefined) {
      return { accountId: entry.accountId, bhxhCode: answer.digits, throttledAttemptId: entry.attemptId };
    }
    call.forgetKeys(); // pressed before the caller knew; they must not answer what comes next
    outcome = 'mismatch';
    prompts = ['mismatch', 'enter-again'];
  }
  const [lastNotice] = prompts;
  await offerOperator(call, lastNotice ?? 'mismatch', 'too-many-entries');
  return { outcome, reason: 'no entries left' };
}

/** Nobody is charged for an entry that was not answered because the database was away. */
async function check(call: Call, { registry, hashKey }: ResetDesk, entry: Attempt): Promise<AttemptResult> {
  let isAway = false;
  const ask = () =>
    checkAttempt(registry, hashKey, entry).catch((error: unknown) => {
      isAway = true;
      throw error;
    });
  try {
    return await askWhileHolding(call, ask, 'pause', 'please-wait');
  } catch (error) {
    if (isAway) void refundUnanswered(registry, entry.attemptId);
    throw error;
  }
}

/** Makes the password the account's, and only then says so. */
async function change(call: Call, desk: ResetDesk, reset: PasswordReset): Promise<Ending> {
  const again: Utterance[] = ['changed', ...speakDigits(reset.digits)];
  const validMs = desk.passwordValidMinutes * 60_000;
  const activation = reset.activate(validMs === 0 ? 0 : validMs + desk.speechMs(again), {
    outcome: 'changed',
    reason: 'heard, then stored',
    durationMs: Date.now() - desk.startedAt,
  });
  switch (await withPleaseWait(call, activation)) {
    case 'refused':
      return apologise(call, 'fault', 'the reset was no longer valid');
    case 'unknown':
      return apologise(call, 'fault-unconfirmed', 'the database did not confirm the change');
    case 'activated':
      return confirm(call, [...again, ...validity(desk.passwordValidMinutes), 'change-at-login', 'goodbye']);
  }
}

/** Says what went wrong with the change. A line that does not carry it must not lead to another apology, which could be untrue. */
async function apologise(call: Call, why: 'fault' | 'fault-unconfirmed', reason: string): Promise<Ending> {
  try {
    await offerOperator(call, why);
  } catch (error) {
    if (error instanceof ChannelGone) throw error;
  }
  return { outcome: 'fault', reason };
}

/** The password is the account's now, whatever happens to the line: no error may say otherwise. */
async function confirm(call: Call, sentence: readonly Utterance[]): Promise<Ending> {
  try {
    await call.say(...sentence);
    return { outcome: 'changed', reason: 'heard twice' };
  } catch (error) {
    return {
      outcome: 'changed',
      reason: error instanceof ChannelGone ? 'hung up after the change' : 'the second reading failed',
    };
  }
}

function validity(minutes: number): Prompt[] {
  return minutes === 0 ? [] : [minutes === 5 ? 'valid-5-minutes' : 'valid-10-minutes'];
}

async function silent(call: Call): Promise<Ending> {
  await call.say('too-many-silences', 'goodbye');
  return { outcome: 'no-input', reason: 'three silences' };
}

async function operator(call: Call): Promise<Ending> {
  await call.transferToOperator();
  return { outcome: 'operator', reason: 'asked for at the code' };
}

/** The old password stays. A database that is away now finds the reset expired later. */
async function voided(reset: PasswordReset): Promise<void> {
  await reset.void('not heard to the end').catch(() => undefined);
}
