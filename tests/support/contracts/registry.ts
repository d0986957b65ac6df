/** What every registry must do. Runs on the one in memory and on each real database. */
import { randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import { RegistryUnavailable } from '../../../src/registry/registry-unavailable.ts';
import type { AccountId } from '../../../src/registry/accounts.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { describeCodesContract } from './account-codes.ts';
import { describeBlocksContract } from './account-blocks.ts';
import { describePreparingChecksContract } from './preparing-checks.ts';
import { describeCallRecordContract } from './call-records.ts';
import { describeInstancesContract } from './instances.ts';
import { describeLimitsContract } from './limits.ts';
import { changed, hungUp, oldHash, RegistrySteps, times, type RegistryUnderTest } from './registry-steps.ts';

/** The suite. `subject` is called once for each test. */
export function describeRegistryContract(subject: () => RegistryUnderTest): void {
  let steps: RegistrySteps;
  let registry: Registry;
  let look: RegistryUnderTest;
  beforeEach(async () => {
    look = subject();
    steps = new RegistrySteps(look);
    registry = look.registry;
    await look.clear();
  });

  describe('finding an account', () => {
    const find = async (bhxhCode: string, phone: string) =>
      (await steps.check({ bhxhCode, phone })).accountId;

    test('a code and the phone registered with it find the account', async () => {
      const id = await look.addAccount({
        bhxhCode: '0012345678',
        phone: '+84912345678',
        passwordHash: oldHash,
      });
      expect(await find('0012345678', '+84912345678')).toBe(id);
    });

    test('a known code with another phone, an unknown code and a code without its zeros find nothing', async () => {
      await look.addAccount({ bhxhCode: '0012345678', phone: '+84912345678', passwordHash: oldHash });
      expect(await find('0012345678', '+84987654321')).toBeNull();
      expect(await find('9912345678', '+84912345678')).toBeNull();
      expect(await find('12345678', '+84912345678')).toBeNull();
    });

    test('two people who share a phone each find their own account', async () => {
      const one = await look.addAccount({
        bhxhCode: '7900000001',
        phone: '+84903333444',
        passwordHash: oldHash,
      });
      const other = await look.addAccount({
        bhxhCode: '7900000002',
        phone: '+84903333444',
        passwordHash: oldHash,
      });
      expect(await find('7900000001', '+84903333444')).toBe(one);
      expect(await find('7900000002', '+84903333444')).toBe(other);
    });
  });

  describe('preparing a reset', () => {
    test('leaves the old password in force', async () => {
      const id = await steps.newAccount();
      const { resetId } = await steps.prepare(id);
      expect(await look.readAccount(id)).toEqual({
        passwordHash: oldHash,
        mustChange: false,
        expiresInMs: null,
      });
      expect(await registry.readReset(resetId)).toBe('prepared');
    });

    test('voids the older prepared reset of the account, and of no other account', async () => {
      const [id, neighbour] = [await steps.newAccount(), await steps.newAccount()];
      const older = await steps.prepare(id);
      const neighbours = await steps.prepare(neighbour);
      const newer = await steps.prepare(id);
      expect(await registry.readReset(older.resetId)).toBe('voided');
      expect(await registry.readReset(newer.resetId)).toBe('prepared');
      expect(await registry.readReset(neighbours.resetId)).toBe('prepared');
    });

    test('of an account whose phone an import has changed since it matched does nothing', async () => {
      const id = await steps.newAccount();
      const { resetId } = await steps.prepare(id);
      await look.movePhone(id, '+84987654321');
      expect((await steps.prepare(id)).admission).toBe('moved');
      expect(await look.resetsIn('prepared', id)).toEqual([resetId]);
    });

    test('twenty calls for one account at once leave exactly one prepared reset', async () => {
      const id = await steps.newAccount();
      await times(20, () => steps.prepare(id));
      expect(await look.resetsIn('prepared', id)).toHaveLength(1);
      expect(await look.resetsIn('voided', id)).toHaveLength(19);
    });
  });

  describe('activating a reset', () => {
    test('gives the account the new hash, to be changed at login, with expiry, one audit row and one notification', async () => {
      const id = await steps.newAccount();
      const callId = await steps.openCall();
      const { resetId, passwordHash } = await steps.prepare(id, { callId });
      expect(await steps.activate(resetId)).toBe(true);
      const account = await look.readAccount(id);
      expect(account).toMatchObject({ passwordHash, mustChange: true });
      expect(account.expiresInMs).toBeGreaterThan(540_000);
      expect(account.expiresInMs).toBeLessThanOrEqual(600_000);
      expect(await look.auditRows(callId)).toEqual([
        {
          ...{ outcome: 'changed', reason: changed.reason, branch: null },
          maskedPhone: '+84***5678',
          accountId: id,
        },
      ]);
      expect(await look.notifications(resetId)).toBe(1);
      expect(await registry.readReset(resetId)).toBe('activated');
    });

    test('with validity 0 the password does not expire', async () => {
      const id = await steps.newAccount();
      expect(await steps.activate((await steps.prepare(id)).resetId, 0)).toBe(true);
      expect((await look.readAccount(id)).expiresInMs).toBeNull();
    });

    test('again, one after the other or all at once, is true each time and done once', async () => {
      const id = await steps.newAccount();
      const { resetId, callId, passwordHash } = await steps.prepare(id);
      expect(await times(10, () => steps.activate(resetId))).toEqual(Array(10).fill(true));
      expect(await steps.activate(resetId)).toBe(true);
      expect(await look.auditRows(callId)).toHaveLength(1);
      expect(await look.notifications(resetId)).toBe(1);
      expect((await look.readAccount(id)).passwordHash).toBe(passwordHash);
    });

    const refused: [string, (accountId: AccountId) => Promise<string>][] = [
      ['that was never prepared', async () => randomUUID()],
      ['that has expired', async (id) => (await steps.prepare(id, { lifetimeMs: 0 })).resetId],
      [
        'that was voided',
        async (id) =>
          steps
            .prepare(id)
            .then(async ({ resetId }) => (await registry.voidReset(resetId, 'hung up'), resetId)),
      ],
      [
        'whose call has ended',
        async (id) =>
          steps
            .prepare(id)
            .then(async ({ resetId, callId }) => (await registry.closeCall(callId, hungUp), resetId)),
      ],
      [
        'whose account an import has given another phone',
        async (id) =>
          steps.prepare(id).then(async ({ resetId }) => (await look.movePhone(id, '+84987654321'), resetId)),
      ],
      [
        'that a newer one has superseded',
        async (id) => steps.prepare(id).then(async ({ resetId }) => (await steps.prepare(id), resetId)),
      ],
    ];
    test.each(refused)('is refused for one %s, and the old password stays', async (_, makeReset) => {
      const id = await steps.newAccount();
      const resetId = await makeReset(id);
      expect(await steps.activate(resetId)).toBe(false);
      expect(await look.readAccount(id)).toEqual({
        passwordHash: oldHash,
        mustChange: false,
        expiresInMs: null,
      });
      expect(await look.notifications(resetId)).toBe(0);
    });

    test('is refused for one prepared after its call has ended', async () => {
      const id = await steps.newAccount();
      const callId = await steps.openCall();
      await registry.closeCall(callId, hungUp);
      const { resetId } = await steps.prepare(id, { callId });
      await expect(steps.activate(resetId)).rejects.toThrow(RegistryUnavailable);
      expect(await look.readAccount(id)).toEqual({
        passwordHash: oldHash,
        mustChange: false,
        expiresInMs: null,
      });
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'hung-up' }]);
    });

    test('again is true although an import has moved the account meanwhile: the password was changed', async () => {
      const id = await steps.newAccount();
      const { resetId } = await steps.prepare(id);
      expect(await steps.activate(resetId)).toBe(true);
      await look.movePhone(id, '+84987654321');
      expect(await steps.activate(resetId)).toBe(true);
    });

    test('of two calls for one account at once: one succeeds, and its password is the one stored', async () => {
      for (let round = 0; round < 5; round++) {
        const id = await steps.newAccount();
        const calls = await times(2, () => steps.prepare(id));
        const results = await times(2, (index) => steps.activate(calls[index]!.resetId));
        expect([...results].sort()).toEqual([false, true]);
        expect((await look.readAccount(id)).passwordHash).toBe(calls[results.indexOf(true)]!.passwordHash);
      }
    });

    test('while other calls prepare for the same account: wholly or not at all', async () => {
      const id = await steps.newAccount();
      const first = await steps.prepare(id);
      const [isActivated] = await Promise.all([
        steps.activate(first.resetId),
        ...Array.from({ length: 5 }, () => steps.prepare(id)),
      ]);
      expect((await look.readAccount(id)).passwordHash).toBe(isActivated ? first.passwordHash : oldHash);
      expect(await look.resetsIn('activated', id)).toEqual(isActivated ? [first.resetId] : []);
    });
  });

  describe('voiding a reset', () => {
    test('does nothing to an activated or an unknown one', async () => {
      const { resetId } = await steps.prepare(await steps.newAccount());
      await steps.activate(resetId);
      await registry.voidReset(resetId, 'too late');
      await registry.voidReset(randomUUID(), 'unknown');
      expect(await registry.readReset(resetId)).toBe('activated');
      expect(await registry.readReset(randomUUID())).toBeNull();
    });

    test('at the same time as its activation: the answer, the state and the password agree', async () => {
      for (let round = 0; round < 5; round++) {
        const id = await steps.newAccount();
        const { resetId, passwordHash } = await steps.prepare(id);
        const [isActivated] = await Promise.all([
          steps.activate(resetId),
          registry.voidReset(resetId, 'race'),
        ]);
        expect(await registry.readReset(resetId)).toBe(isActivated ? 'activated' : 'voided');
        expect((await look.readAccount(id)).passwordHash).toBe(isActivated ? passwordHash : oldHash);
      }
    });
  });

  describeCallRecordContract(() => steps);
  describeInstancesContract(() => steps);
  describeLimitsContract(() => steps);
  describeCodesContract(() => steps);
  describeBlocksContract(() => steps);
  describePreparingChecksContract(() => steps);
}
