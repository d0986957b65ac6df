/**
 * An attempt is one code keyed by one caller. It is charged before it is checked, so simultaneous calls
 * never get more checks than the limit.
 */
import type { AccountId, Accounts } from '../registry/accounts.ts';
import type { Attempts } from '../registry/attempts.ts';
import { subjectKey } from './subject-key.ts';
import { wait } from '../timing/wait.ts';

/** A code as keyed, and who keyed it. */
export interface Attempt {
  /** UUID, reused when the check is repeated. */
  readonly attemptId: string;
  readonly callId: string;
  readonly bhxhCode: string;
  /** E.164. */
  readonly phone: string;
  /** False: the number is only claimed. The attempt is counted, but not against the number's owner. */
  readonly isPhoneCertain: boolean;
}

/**
 * The result of an attempt.
 *
 * - `match`: the pair is registered.
 * - `mismatch`: the pair is not registered.
 * - `throttled`: the code is over its limit. The caller must hear exactly what a mismatch sounds
 *   like. `accountId` is set if the pair is registered (null: it is not) and may be used only to
 *   call back the registered number. After such a call-back, `Attempts.refundAttempt` refunds the
 *   attempt to the phone.
 * - `phone-over`: the phone is over its limit; nothing was checked.
 */
export type AttemptResult =
  | { readonly kind: 'match'; readonly accountId: AccountId }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'throttled'; readonly accountId: AccountId | null; readonly attemptId: string }
  | { readonly kind: 'phone-over' };

/**
 * Charges the attempt, looks up the account, and settles the charge: a match costs nothing. Known,
 * unknown and throttled codes run the same statements in the same order.
 *
 * Safe to repeat. A caller of this function that gives up without telling the result must call
 * {@link refundUnanswered}.
 *
 * @param hashKey HASH_KEY
 * @throws RegistryUnavailable: the attempt may be charged, and may even be settled.
 */
export async function checkAttempt(
  registry: Accounts & Attempts,
  hashKey: string,
  { attemptId, callId, bhxhCode, phone, isPhoneCertain }: Attempt,
): Promise<AttemptResult> {
  const [phoneKey, codeKey] = [
    subjectKey(hashKey, isPhoneCertain ? 'phone' : 'claimed phone', phone),
    subjectKey(hashKey, 'code', bhxhCode),
  ];
  const admission = await registry.chargeAttempt({ attemptId, callId, phoneKey, codeKey });
  if (admission === 'phone-over') return { kind: 'phone-over' };
  const accountId = await registry.findAccount(bhxhCode, phone);
  // A throttled match stays charged. Otherwise a phone that is never told to try later would reveal it.
  const isMatch = accountId !== null && admission === 'admitted';
  await registry.settleAttempt(attemptId, isMatch ? 'match' : 'mismatch');
  if (admission === 'code-over') return { kind: 'throttled', accountId, attemptId };
  return accountId === null ? { kind: 'mismatch' } : { kind: 'match', accountId };
}

/** A refund is tried once a second, for a minute. */
const refundRetryMs = 1000;
const maxRefundTries = 60;

/**
 * Refunds an attempt whose result the caller never heard. The attempt may be settled late, as if the
 * caller had heard its result, so the refund is repeated until the database confirms it. Never
 * rejects; gives up after a minute.
 */
export async function refundUnanswered(registry: Attempts, attemptId: string): Promise<void> {
  for (let tries = 0; tries < maxRefundTries; tries++) {
    await wait(refundRetryMs, { keepsAlive: false });
    const isRefunded = await registry.refundAttempt(attemptId).then(
      () => true,
      () => false,
    );
    if (isRefunded) return;
  }
}
