/** A registry in memory, with the semantics of the real ones and with faults on demand. */
import { shippedLimits, type Limits } from '../../../src/accounts/limits.ts';
import { RegistryUnavailable } from '../../../src/registry/registry-unavailable.ts';
import type { AccountId } from '../../../src/registry/accounts.ts';
import type { Activation, Preparation, PreparedReset, ResetState } from '../../../src/registry/resets.ts';
import type {
  CallAdmission,
  CallClosing,
  CallOpening,
  InterruptedEnding,
  StandingRow,
} from '../../../src/registry/call-records.ts';
import {
  blockActs,
  isResetAllowed,
  type AccountBlock,
  type BlockAnswer,
  type BlockChange,
} from '../../../src/registry/account-blocks.ts';
import type { Act, OfficerAct } from '../../../src/registry/officer-acts.ts';
import type { CallBackAnswer, CallBackRequest } from '../../../src/registry/call-backs.ts';
import type { Instance, SeenInstance } from '../../../src/registry/instances.ts';
import type { AttemptAnswer, KeyedCode } from '../../../src/registry/attempts.ts';
import type { Registry } from '../contracts/registry-steps.ts';
import { MemoryInstances } from './memory-instances.ts';
import { MemoryLimits, type MemoryMatch } from './memory-limits.ts';

export interface MemoryAccount {
  id: AccountId;
  bhxhCode: string;
  phone: string;
  passwordHash: string;
  mustChange: boolean;
  /** Ms since the epoch; null: no expiry. */
  passwordExpiresAt: number | null;
  block: AccountBlock;
}

/** A terminal row. The opening's fields are absent if the opening was not recorded. */
export type AuditRow = CallClosing &
  Partial<CallOpening> & { callId: string; accountId?: AccountId; resetId?: string };

/**
 * How the next call of a method fails.
 *
 * - `before`: at once; nothing is done.
 * - `after-commit`: the work is done, but its answer is lost.
 * - `hang`: nothing is done, and no answer comes before the deadline.
 */
export type Fault = 'before' | 'after-commit' | 'hang';

interface MemoryReset extends PreparedReset {
  state: ResetState;
  /** Ms since the epoch. */
  expiresAt: number;
  /** Ms since the epoch. */
  activatedAt?: number;
}

/** As the real ones match: a blocked account matches nothing. */
function matchIn(account: MemoryAccount | undefined, { canCallBack = false }: KeyedCode): MemoryMatch {
  if (account === undefined || !isResetAllowed(account.block.state, canCallBack)) return { accountId: null };
  return { accountId: account.id, ...(account.block.state === 'call-back' && { isCallBackOnly: true }) };
}

export class MemoryRegistry implements Registry {
  readonly accounts: MemoryAccount[] = [];
  readonly audit: AuditRow[] = [];
  readonly acts: OfficerAct[] = [];
  /** Ids of the resets whose owners are to be notified. */
  readonly outbox: string[] = [];
  readonly resets = new Map<string, MemoryReset>();
  /** As they are kept, by call id. */
  readonly steps = new Map<string, string>();
  readonly openCalls = new Map<string, CallOpening & { openedAt: number }>();
  readonly instances = new MemoryInstances();
  readonly #faults = new Map<keyof Registry, Fault[]>();
  #lasting: { fault: Fault | null; methods: readonly (keyof Registry)[] } = { fault: null, methods: [] };
  /** The number that was called, by the id of the call-back. */
  readonly #callBacks = new Map<string, string>();
  readonly #deadlineMs: number;
  readonly limits: MemoryLimits;

  constructor({ deadlineMs = 2000, limits = shippedLimits }: { deadlineMs?: number; limits?: Limits } = {}) {
    this.#deadlineMs = deadlineMs;
    this.limits = new MemoryLimits(limits);
  }

  /** Makes everything that a limit counts this much older. */
  age(ms: number): void {
    this.limits.age(ms);
    for (const reset of this.resets.values()) if (reset.activatedAt !== undefined) reset.activatedAt -= ms;
  }

  /** Makes a call of `method` fail this way: the next one, or the one after those already set to fail. */
  failNext(method: keyof Registry, fault: Fault): void {
    this.#faults.set(method, [...(this.#faults.get(method) ?? []), fault]);
  }

  addAccount(account: Pick<MemoryAccount, 'bhxhCode' | 'phone' | 'passwordHash'>): AccountId {
    const id = this.accounts.length + 1;
    const block: AccountBlock = { state: 'allowed', since: null, by: null, reason: null };
    this.accounts.push({ ...account, id, mustChange: false, passwordExpiresAt: null, block });
    return id;
  }

  /** As an import does. */
  movePhone(id: AccountId, phone: string): void {
    this.accounts.find((account) => account.id === id)!.phone = phone;
  }

  checkAttempt(attempt: KeyedCode): Promise<AttemptAnswer> {
    const { bhxhCode, phone } = attempt;
    return this.#answer('checkAttempt', () => {
      const account = this.accounts.find((one) => one.bhxhCode === bhxhCode && one.phone === phone);
      return this.limits.checkAttempt(attempt, matchIn(account, attempt));
    });
  }

  refundAttempt(attemptId: string): Promise<void> {
    return this.#answer('refundAttempt', () => this.limits.refundAttempt(attemptId));
  }

  prepareReset(reset: PreparedReset): Promise<Preparation> {
    return this.#answer('prepareReset', () => {
      if (this.resets.has(reset.resetId)) throw new RegistryUnavailable('the registry failed: ER_DUP_ENTRY');
      const account = this.#matched(reset);
      if (account === undefined) return 'moved';
      if (!isResetAllowed(account.block.state, reset.isCallBack ?? false)) return 'blocked';
      const activatedAt = [...this.resets.values()].flatMap((other) =>
        other.accountId === reset.accountId ? (other.activatedAt ?? []) : [],
      );
      if (this.limits.isResetTooOften(activatedAt)) return 'too-often';
      this.#void((older) => older.accountId === reset.accountId);
      this.resets.set(reset.resetId, {
        ...reset,
        state: 'prepared',
        expiresAt: Date.now() + reset.lifetimeMs,
      });
      return 'prepared';
    });
  }

  activateReset({ passwordHash, passwordValidMs, closing, ...offer }: Activation): Promise<boolean> {
    return this.#answer('activateReset', () => {
      const { resetId } = offer;
      const reset = this.resets.get(resetId);
      const account = this.#matched(offer);
      if (reset?.state === 'activated') return true;
      if (reset?.state !== 'prepared' || reset.expiresAt <= Date.now()) return false;
      if (account === undefined || !isResetAllowed(account.block.state, offer.isCallBack ?? false))
        return false;
      if (!this.#recordClosing(reset.callId, closing, { accountId: reset.accountId, resetId }))
        throw new RegistryUnavailable('the call had ended');
      account.passwordHash = passwordHash;
      account.mustChange = true;
      account.passwordExpiresAt = passwordValidMs === 0 ? null : Date.now() + passwordValidMs;
      reset.state = 'activated';
      reset.activatedAt = Date.now();
      this.outbox.push(resetId);
      return true;
    });
  }

  /** The account, unless it has another phone by now. */
  #matched({ accountId, phone }: Pick<PreparedReset, 'accountId' | 'phone'>): MemoryAccount | undefined {
    return this.accounts.find((account) => account.id === accountId && account.phone === phone);
  }

  readReset(resetId: string): Promise<ResetState | null> {
    return this.#answer('readReset', () => this.resets.get(resetId)?.state ?? null);
  }

  voidReset(resetId: string): Promise<void> {
    return this.#answer('voidReset', () => this.#void((reset) => reset.resetId === resetId));
  }

  openCall(opening: CallOpening): Promise<CallAdmission> {
    return this.#answer('openCall', () => {
      if (this.audit.some(({ callId }) => callId === opening.callId)) return 'ended';
      if (!this.openCalls.has(opening.callId) && !this.instances.isLiving(opening.instanceId))
        throw new RegistryUnavailable('this instance has no lease at the moment');
      const admission = this.limits.admitCall(opening, (callId) =>
        this.instances.isFresh(this.openCalls.get(callId)?.instanceId ?? ''),
      );
      if (!this.openCalls.has(opening.callId))
        this.openCalls.set(opening.callId, { ...opening, openedAt: Date.now() });
      return admission;
    });
  }

  closeCall(callId: string, closing: CallClosing, missed?: CallOpening): Promise<StandingRow> {
    return this.#answer('closeCall', () => {
      if (missed !== undefined && !this.openCalls.has(callId))
        this.openCalls.set(callId, { ...missed, openedAt: Date.now() });
      return this.#close(callId, closing);
    });
  }

  keepSteps(callId: string, steps: string): Promise<void> {
    return this.#answer('keepSteps', () => this.#keepSteps(callId, steps));
  }

  #keepSteps(callId: string, steps: string): void {
    if (!this.steps.has(callId)) this.steps.set(callId, steps);
  }

  /** Counts in memory, for each number. */
  requestCallBack({ callBackId, accountId, perNumberDay }: CallBackRequest): Promise<CallBackAnswer> {
    return this.#answer('requestCallBack', () => {
      const account = this.accounts.find(({ id }) => id === accountId);
      if (account === undefined) return 'moved';
      if (!isResetAllowed(account.block.state, true)) return 'blocked';
      const number = account.phone;
      if (this.#callBacks.get(callBackId) === number) return { number };
      const count = [...this.#callBacks.values()].filter((called) => called === number).length;
      if (count >= perNumberDay) return 'over';
      this.#callBacks.set(callBackId, number);
      return { number };
    });
  }

  recordAct(act: OfficerAct): Promise<void> {
    return this.#answer('recordAct', () => void this.acts.push(act));
  }

  readBlock(bhxhCode: string): Promise<AccountBlock | null> {
    return this.#answer(
      'readBlock',
      () => this.accounts.find((account) => account.bhxhCode === bhxhCode)?.block ?? null,
    );
  }

  setBlock({ bhxhCode, user, codeKey, state, reason, seen }: BlockChange): Promise<BlockAnswer> {
    return this.#answer('setBlock', () => {
      const account = this.accounts.find((one) => one.bhxhCode === bhxhCode);
      const now = account?.block;
      const isAsSeen = now?.since?.getTime() === seen?.getTime();
      const what: Act =
        now !== undefined && isAsSeen ? { kind: blockActs[state], reason } : { kind: 'looked at account' };
      this.acts.push({ user, what, codeKey });
      if (account === undefined) return { kind: 'no-account' };
      if (!isAsSeen) return { kind: 'changed-meanwhile', now: account.block };
      account.block = { state, reason, by: user, since: new Date() };
      return { kind: 'changed' };
    });
  }

  closeInterruptedCalls(instanceId: string, ending: InterruptedEnding): Promise<number> {
    return this.#answer('closeInterruptedCalls', () => {
      const interrupted = [...this.openCalls.values()].filter(
        (call) => call.instanceId !== instanceId && !this.instances.isLiving(call.instanceId),
      );
      for (const { callId, openedAt } of interrupted)
        this.#close(callId, { ...ending, durationMs: Date.now() - openedAt });
      return interrupted.length;
    });
  }

  holdNode(instance: Instance): Promise<SeenInstance | null> {
    return this.#answer('holdNode', () => this.instances.hold(instance));
  }

  readOthers(instanceId: string): Promise<SeenInstance[]> {
    return this.#answer('readOthers', () => this.instances.others(instanceId));
  }

  declareLost(instance: Pick<SeenInstance, 'instanceId' | 'seenAt'>): Promise<void> {
    return this.#answer('declareLost', () => this.instances.declareLost(instance));
  }

  leaveNode(instanceId: string): Promise<void> {
    return this.#answer('leaveNode', () => this.instances.leave(instanceId));
  }

  #close(callId: string, { steps, ...closing }: CallClosing): StandingRow {
    if (closing.outcome === 'changed') throw new TypeError('only an activation writes the outcome "changed"');
    if (steps !== undefined) this.#keepSteps(callId, steps);
    this.#void((reset) => reset.callId === callId);
    const isNew = this.#recordClosing(callId, closing);
    const { outcome, reason } = this.audit.find((row) => row.callId === callId)!;
    return { outcome, reason, isNew };
  }

  #recordClosing(
    callId: string,
    closing: CallClosing,
    change?: Pick<AuditRow, 'accountId' | 'resetId'>,
  ): boolean {
    const opening = this.openCalls.get(callId);
    this.openCalls.delete(callId);
    this.limits.endCall(callId);
    if (this.audit.some((row) => row.callId === callId)) return false;
    const codeKey = [...this.limits.attempts.values()].findLast(
      (attempt) => attempt.callId === callId,
    )?.codeKey;
    this.audit.push({ ...opening, ...(codeKey !== undefined && { codeKey }), ...closing, ...change, callId });
    return true;
  }

  #void(matches: (reset: MemoryReset) => boolean): void {
    for (const reset of this.resets.values())
      if (reset.state === 'prepared' && matches(reset)) reset.state = 'voided';
  }

  /** From now on each call of these methods, or of every method, fails this way; null: all work again. */
  stayAway(fault: Fault | null, ...methods: (keyof Registry)[]): void {
    this.#lasting = { fault, methods };
  }

  /** The work is synchronous, so it is atomic like a transaction. */
  async #answer<T>(method: keyof Registry, work: () => T): Promise<T> {
    const { fault: lasting, methods } = this.#lasting;
    const isLasting = methods.length === 0 || methods.includes(method);
    const fault = this.#faults.get(method)?.shift() ?? (isLasting ? lasting : null);
    if (fault === 'before') throw new RegistryUnavailable(`${method}: the registry is unreachable`);
    if (fault === 'hang') await new Promise((resolve) => setTimeout(resolve, this.#deadlineMs));
    if (fault === 'hang')
      throw new RegistryUnavailable(`${method}: the registry did not answer within ${this.#deadlineMs} ms`);
    const result = work();
    if (fault === 'after-commit') throw new RegistryUnavailable(`${method}: the connection was lost`);
    return result;
  }
}
