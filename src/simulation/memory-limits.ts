/** The counts behind the limits across calls, for the registry in memory. */
import type { Limits } from '../accounts/limits.ts';
import { isResetAllowed } from '../registry/account-blocks.ts';
import type { CallAdmission, CallOpening } from '../registry/call-records.ts';
import type { AttemptAnswer, KeyedCode } from '../registry/attempts.ts';
import type { MemoryAccount } from './memory-rows.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What a check found. */
export type MemoryMatch = Omit<AttemptAnswer, 'admission' | 'preparation'>;

/** As the real ones match: a blocked account matches nothing. */
export function matchIn(account: MemoryAccount | undefined, { canCallBack = false }: KeyedCode): MemoryMatch {
  if (account === undefined || !isResetAllowed(account.block.state, canCallBack)) return { accountId: null };
  const { id: accountId, otherCodes } = account;
  return { accountId, ...(otherCodes.length > 0 && { otherCodes: [...otherCodes] }) };
}

interface MemoryAttempt extends KeyedCode {
  countsPhone: boolean;
  countsCode: boolean;
  chargedAt: number;
  isCodeOver: boolean;
}

export class MemoryLimits {
  readonly attempts = new Map<string, MemoryAttempt>();
  /** Phone key by call id, for the calls being served. */
  readonly #places = new Map<string, string>();
  readonly #limits: Limits;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  /** @param match of the pair that was keyed */
  checkAttempt(attempt: KeyedCode, match: MemoryMatch): AttemptAnswer {
    const charged = this.attempts.get(attempt.attemptId);
    if (charged !== undefined) return { admission: charged.isCodeOver ? 'code-over' : 'admitted', ...match };
    if (this.#isPhoneOver([attempt.phoneKey, attempt.before?.phoneKey]))
      return { admission: 'phone-over', accountId: null };
    const codeKeys = [attempt.codeKey, attempt.before?.codeKey];
    const ofCode = this.#count(dayMs, (other) => other.countsCode && codeKeys.includes(other.codeKey));
    const isCodeOver = ofCode >= this.#limits.mismatchesPerCodeDay;
    const isCharged = match.accountId === null || isCodeOver;
    this.attempts.set(attempt.attemptId, {
      ...attempt,
      countsPhone: isCharged,
      countsCode: isCharged && !isCodeOver,
      chargedAt: Date.now(),
      isCodeOver,
    });
    return { admission: isCodeOver ? 'code-over' : 'admitted', ...match };
  }

  refundAttempt(attemptId: string): void {
    const attempt = this.attempts.get(attemptId);
    if (attempt !== undefined) attempt.countsPhone = attempt.countsCode = false;
  }

  /** @param canBeAlive of an open call: whether its instance renews its lease */
  admitCall(
    { callId, phoneKey, phoneKeyBefore, takesPlace = true }: CallOpening,
    canBeAlive: (callId: string) => boolean,
  ): CallAdmission {
    if (phoneKey === null || !takesPlace) return 'admitted';
    const keys = [phoneKey, phoneKeyBefore];
    const others = [...this.#places].filter(
      ([id, phone]) => keys.includes(phone) && id !== callId && canBeAlive(id),
    ).length;
    if (others >= this.#limits.callsPerPhone) return 'phone-busy';
    if (this.#isPhoneOver(keys)) return 'phone-over';
    this.#places.set(callId, phoneKey);
    return 'admitted';
  }

  /** Frees the place of a call that has ended. */
  endCall(callId: string): void {
    this.#places.delete(callId);
  }

  /** @param activatedAt when each reset of the account was activated, ms since the epoch */
  isResetTooOften(activatedAt: readonly number[]): boolean {
    const since = (ms: number) => activatedAt.filter((at) => at > Date.now() - ms).length;
    return since(this.#limits.resetsApartMs) > 0 || since(dayMs) >= this.#limits.resetsPerAccountDay;
  }

  /** Makes every attempt this much older. */
  age(ms: number): void {
    for (const attempt of this.attempts.values()) attempt.chargedAt -= ms;
  }

  #isPhoneOver(keys: readonly (string | undefined)[]): boolean {
    const within = (ms: number) =>
      this.#count(ms, (attempt) => attempt.countsPhone && keys.includes(attempt.phoneKey));
    return (
      within(hourMs) >= this.#limits.mismatchesPerPhoneHour ||
      within(dayMs) >= this.#limits.mismatchesPerPhoneDay
    );
  }

  #count(windowMs: number, counts: (attempt: MemoryAttempt) => boolean): number {
    return [...this.attempts.values()].filter(
      (attempt) => counts(attempt) && attempt.chargedAt > Date.now() - windowMs,
    ).length;
  }
}
