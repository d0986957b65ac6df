/** The part of the registry's contract about checks that prepare the reset of the account that they match. */
import { randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import type { AccountId } from '../../../src/registry/accounts.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import {
  hungUp,
  newCode,
  newKey,
  newReset,
  times,
  type RegistrySteps,
  type RegistryUnderTest,
} from './registry-steps.ts';

/** Part of {@link describeRegistryContract}. `current` is new for each test, on an empty registry. */
export function describePreparingChecksContract(current: () => RegistrySteps): void {
  let steps: RegistrySteps;
  let registry: Registry;
  let look: RegistryUnderTest;
  let account: { accountId: AccountId; bhxhCode: string };
  beforeEach(async () => {
    steps = current();
    ({ look, registry } = steps);
    const bhxhCode = newCode();
    account = { bhxhCode, accountId: await steps.newAccount(bhxhCode) };
  });

  const resets = async () => ({
    prepared: await look.resetsIn('prepared', account.accountId),
    voided: await look.resetsIn('voided', account.accountId),
  });
  const hash = async () => (await look.readAccount(account.accountId)).passwordHash;

  describe('a check that may prepare the reset', () => {
    test('does so if the code matches, and the reset can be activated', async () => {
      const { resetId, callId, ...answer } = await steps.checkAndPrepare(account);
      expect(answer).toMatchObject({
        ...{ admission: 'admitted', accountId: account.accountId, preparation: 'prepared' },
      });
      expect(await resets()).toEqual({ prepared: [resetId], voided: [] });
      expect(await steps.activate(resetId)).toBe(true);
      expect(await hash()).toBe(`$argon2id$${resetId}`);
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'changed' }]);
    });

    test('prepares nothing for a code that nobody has, or from another phone', async () => {
      const reset = newReset();
      const unknown = await steps.check({ reset });
      const foreign = await steps.check({ bhxhCode: account.bhxhCode, phone: '+84987654321', reset });
      for (const { admission, accountId, preparation } of [unknown, foreign])
        expect([admission, accountId, preparation]).toEqual(['admitted', null, undefined]);
      expect(await registry.readReset(reset.resetId)).toBeNull();
    });

    test('prepares nothing for a code over its limit, or from a phone over its own', async () => {
      const [codeKey, phoneKey] = [newKey(), newKey()];
      for (let entry = 0; entry < 10; entry++) await steps.check({ codeKey });
      for (let entry = 0; entry < 5; entry++) await steps.check({ phoneKey });
      for (const keyed of [{ codeKey, canCallBack: true }, { phoneKey }])
        expect((await steps.checkAndPrepare(account, keyed)).preparation).toBeUndefined();
      expect(await resets()).toEqual({ prepared: [], voided: [] });
    });

    test('voids the older prepared reset of the account, and of no other account', async () => {
      const neighbours = await steps.prepare(await steps.newAccount());
      const older = await steps.prepare(account.accountId);
      const newer = await steps.checkAndPrepare(account);
      expect(await resets()).toEqual({ prepared: [newer.resetId], voided: [older.resetId] });
      expect(await registry.readReset(neighbours.resetId)).toBe('prepared');
    });

    test('says where the account has had its resets; nothing is charged or prepared, or taken from another call', async () => {
      expect(await steps.activate((await steps.checkAndPrepare(account)).resetId)).toBe(true);
      const phoneKey = newKey();
      for (let entry = 0; entry < 6; entry++)
        expect(await steps.checkAndPrepare(account, { phoneKey })).toMatchObject({
          ...{ admission: 'admitted', accountId: account.accountId, preparation: 'too-often' },
        });
      expect(await resets()).toEqual({ prepared: [], voided: [] });
    });

    test('asked again with another reset, prepares that one and voids the first; the attempt is not charged', async () => {
      const [attemptId, phoneKey, callId] = [randomUUID(), newKey(), await steps.openCall()];
      const again = () => steps.checkAndPrepare(account, { attemptId, phoneKey, callId });
      const [first, second] = [await again(), await again()];
      for (const { admission, preparation } of [first, second])
        expect([admission, preparation]).toEqual(['admitted', 'prepared']);
      expect(await resets()).toEqual({ prepared: [second.resetId], voided: [first.resetId] });
      await times(5, again);
      expect((await resets()).prepared).toHaveLength(1);
      for (let entry = 0; entry < 5; entry++)
        expect((await steps.check({ phoneKey })).admission).toBe('admitted');
      expect((await steps.check({ phoneKey })).admission).toBe('phone-over');
    });

    test('leaves nothing prepared once its call is closed', async () => {
      const { callId, resetId } = await steps.checkAndPrepare(account);
      await registry.closeCall(callId, hungUp);
      expect(await resets()).toEqual({ prepared: [], voided: [resetId] });
    });

    test('twenty of them for one account at once leave exactly one prepared reset', async () => {
      const answers = await times(20, () => steps.checkAndPrepare(account));
      expect(answers.map(({ preparation }) => preparation)).toEqual(Array(20).fill('prepared'));
      const { prepared, voided } = await resets();
      expect([prepared.length, voided.length]).toEqual([1, 19]);
    });

    test('while another call activates and call-backs prepare for the same account: wholly or not at all', async () => {
      for (let round = 0; round < 5; round++) {
        const bhxhCode = newCode();
        const one = { bhxhCode, accountId: await steps.newAccount(bhxhCode) };
        const first = await steps.checkAndPrepare(one);
        const [isActivated, ...answers] = await Promise.all([
          steps.activate(first.resetId),
          ...Array.from({ length: 4 }, () => steps.checkAndPrepare(one)),
          ...Array.from({ length: 2 }, () => steps.prepare(one.accountId, { isCallBack: true })),
        ]);
        expect(answers).toHaveLength(6);
        expect(await look.resetsIn('activated', one.accountId)).toEqual(isActivated ? [first.resetId] : []);
        expect((await look.resetsIn('prepared', one.accountId)).length).toBeLessThanOrEqual(1);
      }
    });
  });
}
