/** The counts behind the limits across calls, for the registry in memory. */
import type { Limits } from '../../../src/accounts/limits.ts';
import type { CallAdmission, CallOpening } from '../../../src/registry/call-records.ts';
import type { AttemptAdmission, AttemptCharge } from '../../../src/registry/attempts.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

interface MemoryAttempt extends AttemptCharge {
  countsPhone: boolean;
  countsCode: boolean;
  chargedAt: number;
  isSettled: boolean;
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

  chargeAttempt(charge: AttemptCharge): AttemptAdmission {
    const charged = this.attempts.get(charge.attemptId);
    if (charged !== undefined) return charged.isCodeOver ? 'code-over' : 'admitted';
    if (this.#isPhoneOver(charge.phoneKey)) return 'phone-over';
    const ofCode = this.#count(dayMs, (attempt) => attempt.countsCode && attempt.codeKey === charge.codeKey);
    const isCodeOver = ofCode >= this.#limits.mismatchesPerCodeDay;
    this.attempts.set(charge.attemptId, {
      ...charge,
      countsPhone: true,
      countsCode: !isCodeOver,
      chargedAt: Date.now(),
      isSettled: false,
      isCodeOver,
    });
    return isCodeOver ? 'code-over' : 'admitted';
  }

  settleAttempt(attemptId: string, result: 'match' | 'mismatch'): void {
    const attempt = this.attempts.get(attemptId);
    if (attempt === undefined) return;
    attempt.isSettled = true;
    if (result === 'match') attempt.countsPhone = attempt.countsCode = false;
  }

  /** Refunds the attempts of the call that were never settled. */
  refundUnsettled(callId: string): void {
    for (const attempt of this.attempts.values())
      if (attempt.callId === callId && !attempt.isSettled) this.settleAttempt(attempt.attemptId, 'match');
  }

  /** @param canBeAlive of an open call: whether its instance renews its lease */
  admitCall(
    { callId, phoneKey, takesPlace = true }: CallOpening,
    canBeAlive: (callId: string) => boolean,
  ): CallAdmission {
    if (phoneKey === null || !takesPlace) return 'admitted';
    const others = [...this.#places].filter(
      ([id, phone]) => phone === phoneKey && id !== callId && canBeAlive(id),
    ).length;
    if (others >= this.#limits.callsPerPhone) return 'phone-busy';
    if (this.#isPhoneOver(phoneKey)) return 'phone-over';
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

  #isPhoneOver(phoneKey: string): boolean {
    const within = (ms: number) =>
      this.#count(ms, (attempt) => attempt.countsPhone && attempt.phoneKey === phoneKey);
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
