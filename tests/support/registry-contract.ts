/** What every Registry must do; run on the one in memory and on each real database. */
import { randomInt, randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import type { AccountId, CallClosing, CallOutcome, Registry, ResetState } from '../../src/accounts/registry.ts';

/** A registry, and a look into it that does not go through the port. */
export interface RegistryUnderTest {
  registry: Registry;
  addAccount(account: { bhxhCode: string; phone: string; passwordHash: string }): Promise<AccountId>;
  /** `expiresInMs`: from now by the registry's clock, null without expiry. */
  readAccount(id: AccountId): Promise<{ passwordHash: string; mustChange: boolean; expiresInMs: number | null }>;
  auditRows(callId: string): Promise<{ outcome: CallOutcome; reason: string; maskedPhone: string | null; accountId: AccountId | null }[]>;
  /** Ids of the account's resets in a state. */
  resetsIn(state: ResetState, accountId: AccountId): Promise<string[]>;
  notifications(resetId: string): Promise<number>;
  /** Empties all tables. */
  clear(): Promise<void>;
}

const oldHash = '$argon2id$old';
const lifetimeMs = 600_000;
const changed: CallClosing = { outcome: 'changed', reason: 'second reading begins', durationMs: 41_000 };
const hungUp: CallClosing = { outcome: 'hung-up', reason: 'at first reading', durationMs: 20_000 };

/** The suite; `subject` is asked anew for each test. */
export function describeRegistryContract(subject: () => RegistryUnderTest): void {
  let registry: Registry;
  let look: RegistryUnderTest;
  beforeEach(async () => {
    look = subject();
    registry = look.registry;
    await look.clear();
  });

  const newCode = () => String(randomInt(1e10)).padStart(10, '0');
  const newAccount = () => look.addAccount({ bhxhCode: newCode(), phone: '+84912345678', passwordHash: oldHash });
  const openCall = async (instanceId: string = randomUUID()) => {
    const callId = randomUUID();
    await registry.openCall({ callId, instanceId, channelId: '1763800000.7', maskedPhone: '+84912***678' });
    return callId;
  };
  const prepare = async (accountId: AccountId, { callId = randomUUID(), lifetime = lifetimeMs } = {}) => {
    const resetId = randomUUID() as string;
    const passwordHash = `$argon2id$${resetId}`;
    await registry.prepareReset({ resetId, callId, accountId, passwordHash, lifetimeMs: lifetime });
    return { resetId, callId, passwordHash };
  };
  const activate = (resetId: string, passwordValidMs = 600_000) => registry.activateReset({ resetId, passwordValidMs, closing: changed });
  const times = <T>(count: number, work: (index: number) => Promise<T>) => Promise.all(Array.from({ length: count }, (_, index) => work(index)));

  describe('finding an account', () => {
    test('a code and the phone registered with it find the account', async () => {
      const id = await look.addAccount({ bhxhCode: '0012345678', phone: '+84912345678', passwordHash: oldHash });
      expect(await registry.findAccount('0012345678', '+84912345678')).toBe(id);
    });

    test('a known code with another phone, an unknown code and a code without its zeros find nothing', async () => {
      await look.addAccount({ bhxhCode: '0012345678', phone: '+84912345678', passwordHash: oldHash });
      expect(await registry.findAccount('0012345678', '+84987654321')).toBeNull();
      expect(await registry.findAccount('9912345678', '+84912345678')).toBeNull();
      expect(await registry.findAccount('12345678', '+84912345678')).toBeNull();
    });

    test('two people who share a phone each find their own account', async () => {
      const one = await look.addAccount({ bhxhCode: '7900000001', phone: '+84903333444', passwordHash: oldHash });
      const other = await look.addAccount({ bhxhCode: '7900000002', phone: '+84903333444', passwordHash: oldHash });
      expect(await registry.findAccount('7900000001', '+84903333444')).toBe(one);
      expect(await registry.findAccount('7900000002', '+84903333444')).toBe(other);
    });
  });

  describe('preparing a reset', () => {
    test('leaves the old password in force', async () => {
      const id = await newAccount();
      const { resetId } = await prepare(id);
      expect(await look.readAccount(id)).toEqual({ passwordHash: oldHash, mustChange: false, expiresInMs: null });
      expect(await registry.readReset(resetId)).toBe('prepared');
    });

    test('voids the older prepared reset of the account, and of no other account', async () => {
      const [id, neighbour] = [await newAccount(), await newAccount()];
      const older = await prepare(id);
      const neighbours = await prepare(neighbour);
      const newer = await prepare(id);
      expect(await registry.readReset(older.resetId)).toBe('voided');
      expect(await registry.readReset(newer.resetId)).toBe('prepared');
      expect(await registry.readReset(neighbours.resetId)).toBe('prepared');
    });

    test('twenty calls for one account at once leave exactly one prepared reset', async () => {
      const id = await newAccount();
      await times(20, () => prepare(id));
      expect(await look.resetsIn('prepared', id)).toHaveLength(1);
      expect(await look.resetsIn('voided', id)).toHaveLength(19);
    });
  });

  describe('activating a reset', () => {
    test('gives the account the new hash, to be changed at login, with expiry, one audit row and one notification', async () => {
      const id = await newAccount();
      const callId = await openCall();
      const { resetId, passwordHash } = await prepare(id, { callId });
      expect(await activate(resetId)).toBe(true);
      const account = await look.readAccount(id);
      expect(account).toMatchObject({ passwordHash, mustChange: true });
      expect(account.expiresInMs).toBeGreaterThan(540_000);
      expect(account.expiresInMs).toBeLessThanOrEqual(600_000);
      expect(await look.auditRows(callId)).toEqual([{ outcome: 'changed', reason: changed.reason, maskedPhone: '+84912***678', accountId: id }]);
      expect(await look.notifications(resetId)).toBe(1);
      expect(await registry.readReset(resetId)).toBe('activated');
    });

    test('with validity 0 the password does not expire', async () => {
      const id = await newAccount();
      expect(await activate((await prepare(id)).resetId, 0)).toBe(true);
      expect((await look.readAccount(id)).expiresInMs).toBeNull();
    });

    test('again, one after the other or all at once, is true each time and done once', async () => {
      const id = await newAccount();
      const { resetId, callId, passwordHash } = await prepare(id);
      expect(await times(10, () => activate(resetId))).toEqual(Array(10).fill(true));
      expect(await activate(resetId)).toBe(true);
      expect(await look.auditRows(callId)).toHaveLength(1);
      expect(await look.notifications(resetId)).toBe(1);
      expect((await look.readAccount(id)).passwordHash).toBe(passwordHash);
    });

    const refused: [string, (accountId: AccountId) => Promise<string>][] = [
      ['that nobody prepared', async () => randomUUID()],
      ['that has expired', async (id) => (await prepare(id, { lifetime: 0 })).resetId],
      ['that was voided', async (id) => prepare(id).then(async ({ resetId }) => (await registry.voidReset(resetId, 'hung up'), resetId))],
      ['whose call has ended', async (id) => prepare(id).then(async ({ resetId, callId }) => (await registry.closeCall(callId, hungUp), resetId))],
      ['that a newer one has superseded', async (id) => prepare(id).then(async ({ resetId }) => (await prepare(id), resetId))],
    ];
    test.each(refused)('is refused for one %s, and the old password stays', async (_, makeReset) => {
      const id = await newAccount();
      const resetId = await makeReset(id);
      expect(await activate(resetId)).toBe(false);
      expect(await look.readAccount(id)).toEqual({ passwordHash: oldHash, mustChange: false, expiresInMs: null });
      expect(await look.notifications(resetId)).toBe(0);
    });

    test('of two calls for one account at once: one succeeds, and its password is the one stored', async () => {
      for (let round = 0; round < 5; round++) {
        const id = await newAccount();
        const calls = await times(2, () => prepare(id));
        const results = await times(2, (index) => activate(calls[index]!.resetId));
        expect([...results].sort()).toEqual([false, true]);
        expect((await look.readAccount(id)).passwordHash).toBe(calls[results.indexOf(true)]!.passwordHash);
      }
    });

    test('while other calls prepare for the same account: wholly or not at all', async () => {
      const id = await newAccount();
      const first = await prepare(id);
      const [isActivated] = await Promise.all([activate(first.resetId), ...Array.from({ length: 5 }, () => prepare(id))]);
      expect((await look.readAccount(id)).passwordHash).toBe(isActivated ? first.passwordHash : oldHash);
      expect(await look.resetsIn('activated', id)).toEqual(isActivated ? [first.resetId] : []);
    });
  });

  describe('voiding a reset', () => {
    test('does nothing to an activated one, nor to one nobody knows', async () => {
      const { resetId } = await prepare(await newAccount());
      await activate(resetId);
      await registry.voidReset(resetId, 'too late');
      await registry.voidReset(randomUUID(), 'unknown');
      expect(await registry.readReset(resetId)).toBe('activated');
      expect(await registry.readReset(randomUUID())).toBeNull();
    });

    test('at the same time as its activation: the answer, the state and the password agree', async () => {
      for (let round = 0; round < 5; round++) {
        const id = await newAccount();
        const { resetId, passwordHash } = await prepare(id);
        const [isActivated] = await Promise.all([activate(resetId), registry.voidReset(resetId, 'race')]);
        expect(await registry.readReset(resetId)).toBe(isActivated ? 'activated' : 'voided');
        expect((await look.readAccount(id)).passwordHash).toBe(isActivated ? passwordHash : oldHash);
      }
    });
  });

  describe('the record of a call', () => {
    test('a call closed twice, or ten times at once, has the first terminal row and no other', async () => {
      const callId = await openCall();
      await registry.closeCall(callId, hungUp);
      await times(10, () => registry.closeCall(callId, { outcome: 'fault', reason: 'late', durationMs: 1 }));
      expect(await look.auditRows(callId)).toEqual([{ outcome: 'hung-up', reason: hungUp.reason, maskedPhone: '+84912***678', accountId: null }]);
      const busy = await openCall();
      await times(10, () => registry.closeCall(busy, hungUp));
      expect(await look.auditRows(busy)).toHaveLength(1);
    });

    test('a call whose password was changed stays "changed" when it is closed again', async () => {
      const callId = await openCall();
      const { resetId } = await prepare(await newAccount(), { callId });
      await activate(resetId);
      await registry.closeCall(callId, hungUp);
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'changed' }]);
      expect(await registry.readReset(resetId)).toBe('activated');
    });

    test('a call whose opening could not be recorded gets its terminal row all the same', async () => {
      const callId = randomUUID();
      await registry.closeCall(callId, hungUp);
      expect(await look.auditRows(callId)).toEqual([{ outcome: 'hung-up', reason: hungUp.reason, maskedPhone: null, accountId: null }]);
    });

    test('a call opened twice, and once more after its end, leaves one terminal row and nothing open', async () => {
      const callId = await openCall();
      const again = { callId, instanceId: randomUUID(), channelId: '1', maskedPhone: '' };
      await registry.openCall(again);
      await registry.closeCall(callId, hungUp);
      await registry.openCall(again);
      await registry.closeCall(callId, { outcome: 'interrupted', reason: 'late', durationMs: 1 });
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'hung-up', maskedPhone: '+84912***678' }]);
      expect(await registry.closeInterruptedCalls(randomUUID())).toBe(0);
    });

    test('after a restart, calls of the process that died are closed as interrupted and their resets void', async () => {
      const [dead, alive] = [randomUUID(), randomUUID()];
      const [lost, ended, ongoing] = [await openCall(dead), await openCall(dead), await openCall(alive)];
      await registry.closeCall(ended, hungUp);
      const id = await newAccount();
      const { resetId } = await prepare(id, { callId: lost });
      const { resetId: ongoingReset } = await prepare(await newAccount(), { callId: ongoing });
      expect(await registry.closeInterruptedCalls(alive)).toBe(1);
      expect(await look.auditRows(lost)).toMatchObject([{ outcome: 'interrupted', maskedPhone: '+84912***678' }]);
      expect(await look.auditRows(ended)).toMatchObject([{ outcome: 'hung-up' }]);
      expect(await look.auditRows(ongoing)).toEqual([]);
      expect(await registry.readReset(resetId)).toBe('voided');
      expect(await registry.readReset(ongoingReset)).toBe('prepared');
      expect(await activate(resetId)).toBe(false);
      expect(await registry.closeInterruptedCalls(alive)).toBe(0);
    });

    test('a call that was told "changed" before the process died is not closed again', async () => {
      const callId = await openCall();
      await activate((await prepare(await newAccount(), { callId })).resetId);
      expect(await registry.closeInterruptedCalls(randomUUID())).toBe(0);
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'changed' }]);
    });
  });
}
