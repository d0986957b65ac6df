/** A registry to be tested, and the steps its tests are made of. */
import type { Attempts } from '../../../src/registry/attempts.ts';
import { randomInt, randomUUID } from 'node:crypto';
import type { AccountId, Accounts } from '../../../src/registry/accounts.ts';
import type {
  CallAdmission,
  CallClosing,
  CallOutcome,
  CallRecords,
} from '../../../src/registry/call-records.ts';
import type { ResetState, Resets } from '../../../src/registry/resets.ts';

/** Everything that calls need of a database: what the one in memory and the real ones implement. */
export type Registry = Accounts & Attempts & Resets & CallRecords;

/** A registry, and a look into it that does not go through the port. */
export interface RegistryUnderTest {
  registry: Registry;
  addAccount(account: { bhxhCode: string; phone: string; passwordHash: string }): Promise<AccountId>;
  /** `expiresInMs`: from now by the registry's clock, null without expiry. */
  readAccount(
    id: AccountId,
  ): Promise<{ passwordHash: string; mustChange: boolean; expiresInMs: number | null }>;
  auditRows(
    callId: string,
  ): Promise<
    { outcome: CallOutcome; reason: string; maskedPhone: string | null; accountId: AccountId | null }[]
  >;
  /** What an officer finds the call's terminal row by. */
  auditKeys(callId: string): Promise<{ phoneKey: string | null; codeKey: string | null }>;
  /** Ids of the account's resets in a state. */
  resetsIn(state: ResetState, accountId: AccountId): Promise<string[]>;
  notifications(resetId: string): Promise<number>;
  /** Lets this much time pass for everything a limit counts. */
  age(ms: number): Promise<void>;
  /** Empties all tables. */
  clear(): Promise<void>;
}

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

/** A reset as a step prepared it. */
export interface Prepared {
  resetId: string;
  callId: string;
  passwordHash: string;
  admission: 'prepared' | 'too-often';
}

/** What happens in calls; every step has its own ids unless told. */
export class RegistrySteps {
  readonly look: RegistryUnderTest;
  readonly registry: Registry;

  constructor(look: RegistryUnderTest) {
    this.look = look;
    this.registry = look.registry;
  }

  newAccount(): Promise<AccountId> {
    const bhxhCode = String(randomInt(1e10)).padStart(10, '0');
    return this.look.addAccount({ bhxhCode, phone: '+84912345678', passwordHash: oldHash });
  }

  /** A call that is served; from no phone that could be trusted, unless told. */
  async openCall({
    instanceId = randomUUID(),
    phoneKey = null,
  }: { instanceId?: string; phoneKey?: string | null } = {}): Promise<string> {
    const callId = randomUUID();
    expect(await this.admission(callId, phoneKey, instanceId)).toBe('admitted');
    return callId;
  }

  /** Whether a call from this phone may be served now. */
  admission(
    callId: string,
    phoneKey: string | null,
    instanceId: string = randomUUID(),
  ): Promise<CallAdmission> {
    return this.registry.openCall({
      callId,
      instanceId,
      channelId: '1763800000.7',
      maskedPhone: '+84912***678',
      phoneKey,
    });
  }

  async prepare(
    accountId: AccountId,
    options: { callId?: string; lifetimeMs?: number } = {},
  ): Promise<Prepared> {
    const { callId = randomUUID(), lifetimeMs = 600_000 } = options;
    const resetId = randomUUID();
    const passwordHash = `$argon2id$${resetId}`;
    const admission = await this.registry.prepareReset({
      resetId,
      callId,
      accountId,
      passwordHash,
      lifetimeMs,
    });
    return { resetId, callId, passwordHash, admission };
  }

  activate(resetId: string, passwordValidMs = 600_000): Promise<boolean> {
    return this.registry.activateReset({ resetId, passwordValidMs, closing: changed });
  }
}

/** Starts `work` `count` times at once. */
export function times<T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => work(index)));
}
