/**
 * An attempt is one code keyed by one caller. It is charged in the transaction that checks it, so
 * simultaneous calls never get more checks than the limit.
 */
import type { AccountId } from '../registry/accounts.ts';
import { mayBeOther, type AccountCodes, type PersonCodes } from '../registry/account-codes.ts';
import type { Attempts } from '../registry/attempts.ts';
import type { Resets } from '../registry/resets.ts';
import { newReset, PasswordReset, type FreshPassword, type OfferedPassword } from './reset.ts';
import { subjectKey, type HashKeys } from './subject-key.ts';
import { backOff } from '../timing/back-off.ts';
import { wait } from '../timing/wait.ts';

/** A code as keyed, and who keyed it. */
export interface Attempt {
  /** UUID, reused when the check is repeated. */
  readonly attemptId: string;
  readonly callId: string;
  readonly code: string;
  /** E.164. */
  readonly phone: string;
  /** False: the number is only claimed. The attempt is counted, but not against the number's owner. */
  readonly isPhoneCertain: boolean;
  /** Whether the registered number can be called back. */
  readonly canCallBack: boolean;
}

/**
 * The result of an attempt.
 *
 * - `match`: the pair is registered. Its reset is prepared, or was refused; null: the password may only be said in a
 *   call to the registered number.
 * - `mismatch`: the pair is not registered, or its resets by phone are blocked.
 * - `throttled`: the code is over its limit. The caller must hear exactly what a mismatch sounds
 *   like. `accountId` is set if the pair is registered (null: it is not) and may be used only to
 *   call back the registered number. After such a call-back, `Attempts.refundAttempt` refunds the
 *   attempt to the phone.
 * - `phone-over`: the phone is over its limit; nothing was checked.
 *
 * `codes` are all that the person has, whichever was keyed.
 */
export type AttemptResult =
  | {
      readonly kind: 'match';
      readonly accountId: AccountId;
      readonly codes: PersonCodes;
      readonly reset: OfferedPassword | null;
    }
  | { readonly kind: 'mismatch' }
  | {
      readonly kind: 'throttled';
      readonly accountId: AccountId | null;
      readonly codes: PersonCodes;
      readonly attemptId: string;
    }
  | { readonly kind: 'phone-over' };

/**
 * Checks the attempt and charges it, unless it matches. It is counted for the person, by the first of their codes, so
 * that two codes give nobody twice as many guesses. The first one is looked up for codes that may be another by their
 * form. Known, unknown, blocked and throttled codes of one form run the same statements in the same order.
 *
 * Safe to repeat: a reset that was prepared before is superseded. A caller of this function that gives up without
 * telling the result must call {@link refundUnanswered}.
 *
 * @param password to be said if the code matches. Every answer waits for it, so that nothing distinguishes codes.
 *   Null: none may be said in this call.
 * @throws RegistryUnavailable: the attempt may be charged, and a reset prepared.
 */
export async function checkAttempt(
  registry: Attempts & AccountCodes & Resets,
  hashKeys: HashKeys,
  { isPhoneCertain, code, ...attempt }: Attempt,
  password: Promise<FreshPassword> | null,
): Promise<AttemptResult> {
  const { callId, phone } = attempt;
  const [first] = mayBeOther(code) ? await registry.readCodes(code) : [code];
  const keysUnder = (hashKey: string) => ({
    phoneKey: subjectKey(hashKey, isPhoneCertain ? 'phone' : 'claimed phone', phone),
    codeKey: subjectKey(hashKey, 'code', first),
  });
  const reset = password === null ? null : newReset();
  const {
    admission,
    accountId,
    otherCodes = [],
    preparation,
  } = await registry.checkAttempt({
    ...attempt,
    bhxhCode: first,
    ...keysUnder(hashKeys.current),
    ...(hashKeys.before !== undefined && { before: keysUnder(hashKeys.before) }),
    ...(reset !== null && { reset }),
  });
  const fresh = await password;
  if (admission === 'phone-over') return { kind: 'phone-over' };
  const codes: PersonCodes = [first, ...otherCodes];
  // A throttled match stays charged. Otherwise a phone that is never told to try later would reveal it.
  if (admission === 'code-over') return { kind: 'throttled', accountId, codes, attemptId: attempt.attemptId };
  if (accountId === null) return { kind: 'mismatch' };
  const match = { kind: 'match', accountId, codes } as const;
  if (reset === null || fresh === null || preparation === undefined) return { ...match, reset: null };
  const { resetId } = reset;
  const offer = { resetId, callId, accountId, phone };
  return { ...match, reset: await PasswordReset.offered(registry, offer, codes, fresh, preparation) };
}

/** Between two tries of a refund. Jitter, so that a database that is back is not asked by all at once. */
const refundPauseMs = backOff({ firstMs: 1000, maxMs: 4000, jitter: Math.random });
/** About eight minutes. */
const maxRefundTries = 160;

/**
 * Refunds an attempt whose result the caller never heard. The answer to it may have been lost after it
 * was charged, so the refund is repeated until the database confirms it. Never rejects; gives up after
 * some minutes.
 */
export async function refundUnanswered(registry: Attempts, attemptId: string): Promise<void> {
  for (let tries = 1; tries <= maxRefundTries; tries++) {
    await wait(refundPauseMs(tries), { keepsAlive: false });
    const isRefunded = await registry.refundAttempt(attemptId).then(
      () => true,
      () => false,
    );
    if (isRefunded) return;
  }
}
