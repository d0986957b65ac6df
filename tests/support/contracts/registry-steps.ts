/** A registry under test, and the steps its tests consist of. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import type { AttemptAnswer, KeyedCode } from '../../../src/registry/attempts.ts';
import type { AccountId } from '../../../src/registry/accounts.ts';
import type { CallAdmission, CallClosing, CallOutcome } from '../../../src/registry/call-records.ts';
import type { BlockAnswer, PhoneResets } from '../../../src/registry/account-blocks.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import type { OfferedReset, Preparation, ResetState } from '../../../src/registry/resets.ts';

/** A registry, and ways to look into it that bypass the ports. */
export interface RegistryUnderTest {
  registry: Registry;
  addAccount(account: { bhxhCode: string; phone: string; passwordHash: string }): Promise<AccountId>;
  /** Gives the account a personal ID, as an import does. */
  addCode(id: AccountId, code: string): Promise<void>;
  /** Gives the account another phone, as an import does. */
  movePhone(id: AccountId, phone: string): Promise<void>;
  /** `expiresInMs`: from now by the registry's clock, null without expiry. */
  readAccount(
    id: AccountId,
  ): Promise<{ passwordHash: string; mustChange: boolean; expiresInMs: number | null }>;
  auditRows(callId: string): Promise<
    {
      outcome: CallOutcome;
      reason: string;
      branch: string | null;
      maskedPhone: string | null;
      accountId: AccountId | null;
    }[]
  >;
  /** The keys by which an officer finds the call's terminal row. */
  auditKeys(callId: string): Promise<{ phoneKey: string | null; codeKey: string | null }>;
  /** The steps that are kept of the call. */
  steps(callId: string): Promise<string | null>;
  /** Ids of the account's resets in a state. */
  resetsIn(state: ResetState, accountId: AccountId): Promise<string[]>;
  notifications(resetId: string): Promise<number>;
  /** Who did what, in the order of the rows, to whom this code belongs. */
  actsAbout(codeKey: string): Promise<string[]>;
  /** Makes everything that a limit counts this much older. */
  age(ms: number): Promise<void>;
  /** Makes every lease this much older, or younger: as if the database's clock had been set. */
  ageLeases(ms: number): Promise<void>;
  /** Empties all tables. */
  clear(): Promise<void>;
}

/** Of every account that {@link RegistrySteps.newAccount} makes. */
export const matchedPhone = '+84912345678';
export const oldHash = '$argon2id$old';
export const changed: CallClosing = {
  outcome: 'changed',
  reason: 'second reading begins',
  durationMs: 41_000,
};
/** Closes the calls of an application that died. */
export const interrupted = {
  outcome: 'interrupted',
  reason: 'the application ended during the call',
} as const;
export const hungUp: CallClosing = { outcome: 'hung-up', reason: 'at first reading', durationMs: 20_000 };

/** A reset that a step has prepared. */
export interface Prepared extends OfferedReset {
  /** What the account gets. */
  readonly passwordHash: string;
  readonly admission: Preparation;
}

/** What happens in calls. Every step makes its own ids unless it is given some. */
export class RegistrySteps {
  readonly look: RegistryUnderTest;
  readonly registry: Registry;
  /** By reset id. */
  readonly #offered = new Map<string, Omit<Prepared, 'admission'>>();

  constructor(look: RegistryUnderTest) {
    this.look = look;
    this.registry = look.registry;
  }

  newAccount(bhxhCode = newCode()): Promise<AccountId> {
    return this.look.addAccount({ bhxhCode, phone: matchedPhone, passwordHash: oldHash });
  }

  /** As an officer says it who has just looked at the account. */
  async block(bhxhCode: string, state: PhoneResets, codeKey = newKey()): Promise<BlockAnswer['kind']> {
    const seen = (await this.registry.readBlock(bhxhCode))?.since ?? null;
    const change = { bhxhCode, state, reason: 'stolen SIM', user: 'lan', codeKey, seen };
    return (await this.registry.setBlock(change)).kind;
  }

  /** Opens a call that is served; by default from no trusted phone. */
  async openCall({
    instanceId = randomUUID(),
    phoneKey = null,
  }: { instanceId?: string; phoneKey?: string | null } = {}): Promise<string> {
    const callId = randomUUID();
    expect(await this.admission(callId, phoneKey, instanceId)).toBe('admitted');
    return callId;
  }

  /** Lets an instance serve, as a node of its own unless one is named. */
  async join(instanceId: string = randomUUID(), node = `node-${instanceId}`): Promise<string> {
    const process = 'boot/1/2/3';
    expect(await this.registry.holdNode({ instanceId, node, process })).toBeNull();
    return instanceId;
  }

  /** What everybody sees once the instance has not renewed its lease for a minute. */
  async lose(instanceId: string): Promise<void> {
    const seen = (await this.registry.readOthers('')).find((other) => other.instanceId === instanceId);
    await this.registry.declareLost(seen!);
  }

  /** Whether a call from this phone may be served now, by an instance that lives. */
  async admission(
    callId: string,
    phoneKey: string | null,
    instanceId: string = randomUUID(),
    phoneKeyBefore?: string,
  ): Promise<CallAdmission> {
    await this.join(instanceId);
    return this.registry.openCall({
      callId,
      instanceId,
      channelId: '1763800000.7',
      maskedPhone: '+84***5678',
      phoneKey,
      ...(phoneKeyBefore !== undefined && { phoneKeyBefore }),
    });
  }

  /** Checks a code that is keyed; by default one that nobody has, from a phone of its own, and no reset is prepared. */
  async check(keyed: Partial<KeyedCode> = {}): Promise<AttemptAnswer & { attemptId: string }> {
    const attempt = {
      ...{ attemptId: randomUUID(), callId: randomUUID(), phoneKey: newKey(), codeKey: newKey() },
      ...{ bhxhCode: '9999999999', phone: matchedPhone },
      ...keyed,
    };
    return { ...(await this.registry.checkAttempt(attempt)), attemptId: attempt.attemptId };
  }

  async prepare(
    accountId: AccountId,
    options: { callId?: string; lifetimeMs?: number; isCallBack?: boolean } = {},
  ): Promise<Prepared> {
    const { callId = randomUUID(), lifetimeMs = 600_000, isCallBack = false } = options;
    const offer = { ...offerOf(accountId, callId), isCallBack };
    this.#offered.set(offer.resetId, offer);
    return { ...offer, admission: await this.registry.prepareReset({ ...offer, lifetimeMs }) };
  }

  /** Checks the code of an account in a call that is open, so that a match prepares a reset. */
  async checkAndPrepare(
    { accountId, bhxhCode }: { accountId: AccountId; bhxhCode: string },
    keyed: Partial<KeyedCode> = {},
  ): Promise<AttemptAnswer & { attemptId: string; callId: string; resetId: string }> {
    const callId = keyed.callId ?? (await this.openCall());
    const reset = keyed.reset ?? newReset();
    const { resetId } = reset;
    this.#offered.set(resetId, {
      ...offerOf(accountId, callId),
      resetId,
      passwordHash: `$argon2id$${resetId}`,
    });
    return { ...(await this.check({ ...keyed, bhxhCode, callId, reset })), callId, resetId };
  }

  /** Activates what a step has prepared, or what was never prepared. */
  activate(resetId: string, passwordValidMs = 600_000): Promise<boolean> {
    const offer = this.#offered.get(resetId) ?? { ...offerOf(1, randomUUID()), resetId };
    return this.registry.activateReset({ ...offer, passwordValidMs, closing: changed });
  }
}

/** A code that nobody else has. */
export function newCode(): string {
  return String(randomInt(1e10)).padStart(10, '0');
}

/** A key that stands for a phone or a code of its own. */
export function newKey(): string {
  return randomBytes(32).toString('hex');
}

/** What a check that matches is to prepare. */
export function newReset(): { resetId: string; lifetimeMs: number } {
  return { resetId: randomUUID(), lifetimeMs: 600_000 };
}

function offerOf(accountId: AccountId, callId: string): Omit<Prepared, 'admission'> {
  const resetId = randomUUID();
  return { resetId, callId, accountId, phone: matchedPhone, passwordHash: `$argon2id$${resetId}` };
}

/** Runs `work` `count` times at once. */
export function times<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
