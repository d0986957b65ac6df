/** One code keyed by one caller: charged before it is checked, so that no number of calls at once gets more checks than the limit. */
import { randomUUID } from 'node:crypto';
import { RegistryUnavailable, type AccountId, type Registry } from './registry.ts';
import { subjectKey } from './subject-key.ts';

/** A code as it was keyed, and who keyed it. */
export interface CodeEntry {
  readonly callId: string;
  readonly bhxhCode: string;
  /** E.164. */
  readonly phone: string;
}

/**
 * What became of an entry.
 *
 * - `match`: the pair is registered.
 * - `mismatch`: it is not.
 * - `throttled`: the code is over its limit. The caller must hear exactly what a mismatch sounds
 *   like; `accountId` says whether the pair is registered (null: it is not), for a call-back to
 *   the registered number alone. If that is made, `settleEntry(entryId, 'match')` gives the phone
 *   its attempt back.
 * - `phone-over`: the phone is over its limit; nothing was checked.
 */
export type EntryResult =
  | { readonly kind: 'match'; readonly accountId: AccountId }
  | { readonly kind: 'mismatch' }
  | { readonly kind: 'throttled'; readonly accountId: AccountId | null; readonly entryId: string }
  | { readonly kind: 'phone-over' };

/**
 * Charges the entry, looks for the account, and settles what was charged: a match costs nothing.
 * Known, unknown and throttled codes do the same statements in the same order.
 *
 * @param hashKey HASH_KEY
 * @throws RegistryUnavailable: the caller has learned nothing; closing the call as a `fault` takes the charge back.
 */
export async function checkEntry(registry: Registry, hashKey: string, { callId, bhxhCode, phone }: CodeEntry): Promise<EntryResult> {
  const entryId = randomUUID();
  const [phoneKey, codeKey] = [subjectKey(hashKey, 'phone', phone), subjectKey(hashKey, 'code', bhxhCode)];
  const admission = await registry.chargeEntry({ entryId, callId, phoneKey, codeKey });
  if (admission === 'phone-over') return { kind: 'phone-over' };
  const accountId = await registry.findAccount(bhxhCode, phone);
  // A throttled match stays charged: a phone that is never told "try later" would give it away.
  const isMatch = accountId !== null && admission === 'admitted';
  await settle(registry, entryId, isMatch ? 'match' : 'mismatch');
  if (admission === 'code-over') return { kind: 'throttled', accountId, entryId };
  return accountId === null ? { kind: 'mismatch' } : { kind: 'match', accountId };
}

/** How often, and for how long in all, a fault's entry is tried to be given back. */
const giveBackEveryMs = 1000;
const giveBackTries = 60;

/** Asked again when its answer is lost: or it could have been settled, and the caller hears of a fault all the same. */
async function settle(registry: Registry, entryId: string, result: 'match' | 'mismatch'): Promise<void> {
  try {
    await registry.settleEntry(entryId, result).catch(() => registry.settleEntry(entryId, result));
  } catch (error) {
    if (error instanceof RegistryUnavailable) void giveBack(registry, entryId);
    throw error;
  }
}

/** The settling may still arrive, and then looks like an answer that was told: it was not. */
async function giveBack(registry: Registry, entryId: string): Promise<void> {
  for (let tries = 0; tries < giveBackTries; tries++) {
    await new Promise((resolve) => setTimeout(resolve, giveBackEveryMs).unref());
    const isBack = await registry.settleEntry(entryId, 'match').then(
      () => true,
      () => false,
    );
    if (isBack) return;
  }
}
