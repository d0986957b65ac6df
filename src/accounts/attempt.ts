/** One code keyed by one caller: charged before it is checked, so that no number of calls at once gets more checks than the limit. */
import type { AccountId, Accounts } from '../registry/accounts.ts';
import type { Attempts } from '../registry/attempts.ts';
import { subjectKey } from './subject-key.ts';

/** A code as it was keyed, and who keyed it. */
export interface Attempt {
  /** UUID; the same when the check is repeated. */
  readonly attemptId: string;
  readonly callId: string;
  readonly bhxhCode: string;
  /** E.164. */
  readonly phone: string;
  /** False: somebody only says that this is his number. His entries are counted, but not as its owner's. */
  readonly isPhoneCertain: boolean;
}

/**
 * What became of an entry.
 *
 * - `match`: the pair is registered.
 * - `mismatch`: it is not.
 * - `throttled`: the code is over its limit. The caller must hear exactly what a mismatch sounds
 *   like; `accountId` says whether the pair is registered (null: it is not), for a call-back to
 *   the registered number alone. If that is made, `Attempts.refundAttempt` gives the phone
 *   its attempt back.
 * - `phone-over`: the phone is over its limit; nothing was checked.
 */
export type AttemptResult =
  | { readonly kind: 'match'; readonly accountId: AccountId }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'throttled'; readonly accountId: AccountId | null; readonly attemptId: string }
  | { readonly kind: 'phone-over' };

/**
 * Charges the entry, looks for the account, and settles what was charged: a match costs nothing.
 * Known, unknown and throttled codes do the same statements in the same order.
 *
 * Safe to repeat; whoever does not, and tells the caller nothing, calls {@link refundUnanswered}.
 *
 * @param hashKey HASH_KEY
 * @throws RegistryUnavailable: the entry may be charged, and may even be settled.
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
  // A throttled match stays charged: a phone that is never told "try later" would give it away.
  const isMatch = accountId !== null && admission === 'admitted';
  await registry.settleAttempt(attemptId, isMatch ? 'match' : 'mismatch');
  if (admission === 'code-over') return { kind: 'throttled', accountId, attemptId };
  return accountId === null ? { kind: 'mismatch' } : { kind: 'match', accountId };
}

/** How often, and for how long in all, an entry is tried to be given back. */
const giveBackEveryMs = 1000;
const giveBackTries = 60;

/**
 * Takes back what an entry was charged that nobody was told the result of. Its settling may still
 * arrive, and would look like an answer that was told: so this is tried until the database says
 * that it is done. Never rejects.
 */
export async function refundUnanswered(registry: Attempts, attemptId: string): Promise<void> {
  for (let tries = 0; tries < giveBackTries; tries++) {
    await new Promise((resolve) => setTimeout(resolve, giveBackEveryMs).unref());
    const isBack = await registry.refundAttempt(attemptId).then(
      () => true,
      () => false,
    );
    if (isBack) return;
  }
}
