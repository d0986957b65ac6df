/** A registry in memory, with the semantics of the real ones and with faults on demand. */
import { shippedLimits, type Limits } from '../accounts/limits.ts';
import { RegistryUnavailable } from '../registry/registry-unavailable.ts';
import type { PersonCodes } from '../registry/account-codes.ts';
import type { AccountId } from '../registry/accounts.ts';
import type { Activation, Preparation, PreparedReset, ResetState } from '../registry/resets.ts';
import type {
  CallAdmission,
  CallClosing,
  CallOpening,
  InterruptedEnding,
  KeptSteps,
  StandingRow,
} from '../registry/call-records.ts';
import {
  isResetAllowed,
  type AccountBlock,
  type BlockAnswer,
  type BlockChange,
} from '../registry/account-blocks.ts';
import type { OfficerAct } from '../registry/officer-acts.ts';
import type { CallBackAnswer, CallBackRequest } from '../registry/call-backs.ts';
import type { Instance, SeenInstance } from '../registry/instances.ts';
import type { AttemptAnswer, KeyedCode } from '../registry/attempts.ts';
import type { Registry } from '../registry/registry.ts';
import { codesIn } from './memory-codes.ts';
import { blockIn, setBlockIn } from './memory-blocks.ts';
import { MemoryCallBacks } from './memory-call-backs.ts';
import { MemoryFaults, type Fault } from './memory-faults.ts';
import { MemoryInstances } from './memory-instances.ts';
import { matchIn, MemoryLimits } from './memory-limits.ts';
import type { AuditRow, MemoryAccount, MemoryReset } from './memory-rows.ts';

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
  readonly #callBacks = new MemoryCallBacks();
  readonly limits: MemoryLimits;
  readonly #faults: MemoryFaults;

  constructor({ deadlineMs = 2000, limits = shippedLimits }: { deadlineMs?: number; limits?: Limits } = {}) {
    this.#faults = new MemoryFaults(deadlineMs);
    this.limits = new MemoryLimits(limits);
  }

  /** Makes everything that a limit counts this much older. */
  age(ms: number): void {
    this.limits.age(ms);
    for (const reset of this.resets.values()) if (reset.activatedAt !== undefined) reset.activatedAt -= ms;
  }

  /**
   * Makes a call of `method` fail this way: the next one, or the one after those already set to fail.
   *
   * @param struck is called when it does
   */
  failNext(method: keyof Registry, fault: Fault, struck?: () => void): void {
    this.#faults.failNext(method, fault, struck);
  }

  /** From now on each call of these methods, or of every method, fails this way; null: all work again. */
  stayAway(fault: Fault | null, ...methods: (keyof Registry)[]): void {
    this.#faults.stayAway(fault, methods);
  }

  addAccount(account: Pick<MemoryAccount, 'bhxhCode' | 'phone' | 'passwordHash'>): AccountId {
    const id = this.accounts.length + 1;
    const block: AccountBlock = { state: 'allowed', since: null, by: null, reason: null };
    this.accounts.push({ ...account, otherCodes: [], id, mustChange: false, passwordExpiresAt: null, block });
    return id;
  }

  /** As an import does. */
  movePhone(id: AccountId, phone: string): void {
    this.accounts.find((account) => account.id === id)!.phone = phone;
  }

  /** As an import does. */
  addCode(id: AccountId, code: string): void {
    this.accounts.find((account) => account.id === id)!.otherCodes.push(code);
  }

  readCodes(code: string): Promise<PersonCodes> {
    return this.#faults.answer('readCodes', () => codesIn(this.accounts, code));
  }

  checkAttempt(attempt: KeyedCode): Promise<AttemptAnswer> {
    const { bhxhCode, callId, phone, reset } = attempt;
    return this.#faults.answer('checkAttempt', () => {
      const account = this.accounts.find((one) => one.bhxhCode === bhxhCode && one.phone === phone);
      const answer = this.limits.checkAttempt(attempt, matchIn(account, attempt));
      const { admission, accountId } = answer;
      const isToldHere = admission === 'admitted' && account?.block.state === 'allowed';
      if (reset === undefined || accountId === null || !isToldHere) return answer;
      return { ...answer, preparation: this.#prepare({ ...reset, callId, accountId, phone }) };
    });
  }

  refundAttempt(attemptId: string): Promise<void> {
    return this.#faults.answer('refundAttempt', () => this.limits.refundAttempt(attemptId));
  }

  prepareReset(reset: PreparedReset): Promise<Preparation> {
    return this.#faults.answer('prepareReset', () => this.#prepare(reset));
  }

  #prepare(reset: PreparedReset): Preparation {
    if (this.resets.has(reset.resetId)) throw new RegistryUnavailable('the registry failed: ER_DUP_ENTRY');
    const account = this.#matched(reset);
    if (account === undefined) return 'moved';
    if (!isResetAllowed(account.block.state, reset.isCallBack ?? false)) return 'blocked';
    const activatedAt = [...this.resets.values()].flatMap((other) =>
      other.accountId === reset.accountId ? (other.activatedAt ?? []) : [],
    );
    if (this.limits.isResetTooOften(activatedAt)) return 'too-often';
    this.#void((older) => older.accountId === reset.accountId);
    const expiresAt = Date.now() + reset.lifetimeMs;
    this.resets.set(reset.resetId, { ...reset, state: 'prepared', expiresAt });
    return 'prepared';
  }

  activateReset({ passwordHash, passwordValidMs, closing, ...offer }: Activation): Promise<boolean> {
    return this.#faults.answer('activateReset', () => {
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
    return this.#faults.answer('readReset', () => this.resets.get(resetId)?.state ?? null);
  }

  voidReset(resetId: string): Promise<void> {
    return this.#faults.answer('voidReset', () => this.#void((reset) => reset.resetId === resetId));
  }

  openCall(opening: CallOpening): Promise<CallAdmission> {
    return this.#faults.answer('openCall', () => {
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
    return this.#faults.answer('closeCall', () => {
      if (missed !== undefined && !this.openCalls.has(callId))
        this.openCalls.set(callId, { ...missed, openedAt: Date.now() });
      return this.#close(callId, closing);
    });
  }

  keepSteps(kept: readonly KeptSteps[]): Promise<void> {
    return this.#faults.answer('keepSteps', () => kept.forEach((each) => this.#keepSteps(each)));
  }

  #keepSteps({ callId, steps }: KeptSteps): void {
    if (!this.steps.has(callId)) this.steps.set(callId, steps);
  }

  requestCallBack(request: CallBackRequest): Promise<CallBackAnswer> {
    return this.#faults.answer('requestCallBack', () => this.#callBacks.request(this.accounts, request));
  }

  recordAct(act: OfficerAct): Promise<void> {
    return this.#faults.answer('recordAct', () => void this.acts.push(act));
  }

  readBlock(bhxhCode: string): Promise<AccountBlock | null> {
    return this.#faults.answer('readBlock', () => blockIn(this.accounts, bhxhCode));
  }

  setBlock(change: BlockChange): Promise<BlockAnswer> {
    return this.#faults.answer('setBlock', () => setBlockIn(this.accounts, this.acts, change));
  }

  closeInterruptedCalls(instanceId: string, ending: InterruptedEnding): Promise<number> {
    return this.#faults.answer('closeInterruptedCalls', () => {
      const interrupted = [...this.openCalls.values()].filter(
        (call) => call.instanceId !== instanceId && !this.instances.isLiving(call.instanceId),
      );
      for (const { callId, openedAt } of interrupted)
        this.#close(callId, { ...ending, durationMs: Date.now() - openedAt });
      return interrupted.length;
    });
  }

  holdNode(instance: Instance): Promise<SeenInstance | null> {
    return this.#faults.answer('holdNode', () => this.instances.hold(instance));
  }

  readOthers(instanceId: string): Promise<SeenInstance[]> {
    return this.#faults.answer('readOthers', () => this.instances.others(instanceId));
  }

  declareLost(instance: Pick<SeenInstance, 'instanceId' | 'seenAt'>): Promise<void> {
    return this.#faults.answer('declareLost', () => this.instances.declareLost(instance));
  }

  leaveNode(instanceId: string): Promise<void> {
    return this.#faults.answer('leaveNode', () => this.instances.leave(instanceId));
  }

  #close(callId: string, { steps, ...closing }: CallClosing): StandingRow {
    if (closing.outcome === 'changed') throw new TypeError('only an activation writes the outcome "changed"');
    if (steps !== undefined) this.#keepSteps({ callId, steps });
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
}
