/** The part of the registry's contract about accounts whose resets by phone an officer blocks. */
import { randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import type { PhoneResets } from '../../../src/registry/account-blocks.ts';
import type { AccountId } from '../../../src/registry/accounts.ts';
import { newCode, newKey, newReset, oldHash, times, type RegistrySteps } from './registry-steps.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import type { RegistryUnderTest } from './registry-steps.ts';

/** Part of {@link describeRegistryContract}. `current` is new for each test, on an empty registry. */
export function describeBlocksContract(current: () => RegistrySteps): void {
  let steps: RegistrySteps;
  let registry: Registry;
  let look: RegistryUnderTest;
  let bhxhCode: string;
  let id: AccountId;
  beforeEach(async () => {
    steps = current();
    ({ look, registry } = steps);
    bhxhCode = newCode();
    id = await steps.newAccount(bhxhCode);
  });

  const check = async (canCallBack: boolean) => {
    const { admission, accountId, preparation } = await steps.check({
      ...{ bhxhCode, canCallBack, reset: newReset() },
    });
    return { admission, accountId, preparation };
  };
  const mismatch = { admission: 'admitted', accountId: null };
  const hash = async () => (await look.readAccount(id)).passwordHash;

  describe('an account whose resets by phone are blocked', () => {
    test('is as it was said last, with who said so and why; each change has its row', async () => {
      const codeKey = newKey();
      const untouched = { state: 'allowed', since: null, by: null, reason: null };
      expect(await registry.readBlock(bhxhCode)).toEqual(untouched);
      for (const state of ['blocked', 'call-back', 'allowed'] as const) {
        expect(await steps.block(bhxhCode, state, codeKey)).toBe('changed');
        const block = await registry.readBlock(bhxhCode);
        expect(block).toEqual({ state, since: expect.any(Date), by: 'lan', reason: 'stolen SIM' });
        expect(Math.abs(block!.since!.getTime() - Date.now())).toBeLessThan(60_000);
      }
      expect(await look.actsAbout(codeKey)).toEqual([
        'lan: blocked resets by phone: stolen SIM',
        'lan: restricted resets by phone to call-backs: stolen SIM',
        'lan: allowed resets by phone: stolen SIM',
      ]);
    });

    test('is none if the code has none, which is on record as a look', async () => {
      const codeKey = newKey();
      expect(await registry.readBlock('0000000000')).toBeNull();
      expect(await steps.block('0000000000', 'blocked', codeKey)).toBe('no-account');
      expect(await look.actsAbout(codeKey)).toEqual(['lan: looked at account']);
    });

    test('is changed by one of two who have seen the same, at the same moment; the other is told what it is now', async () => {
      for (let round = 0; round < 5; round++) {
        const code = newCode();
        await steps.newAccount(code);
        const codeKey = newKey();
        const say = (user: string) =>
          registry.setBlock({
            bhxhCode: code,
            state: 'blocked',
            reason: 'stolen SIM',
            user,
            codeKey,
            seen: null,
          });
        const answers = await Promise.all([say('lan'), say('minh')]);
        const now = await registry.readBlock(code);
        expect(answers).toContainEqual({ kind: 'changed' });
        expect(answers).toContainEqual({ kind: 'changed-meanwhile', now });
        const [won, lost] = now?.by === 'lan' ? ['lan', 'minh'] : ['minh', 'lan'];
        expect(answers[won === 'lan' ? 0 : 1]).toEqual({ kind: 'changed' });
        expect(await look.actsAbout(codeKey)).toEqual([
          `${won}: blocked resets by phone: stolen SIM`,
          `${lost}: looked at account`,
        ]);
      }
    });

    test('is not changed by one who saw what it was before, until they have seen what it is', async () => {
      const say = (state: PhoneResets, seen: Date | null) =>
        registry.setBlock({ bhxhCode, state, reason: 'stolen SIM', user: 'lan', codeKey: newKey(), seen });
      expect(await say('allowed', new Date())).toMatchObject({ kind: 'changed-meanwhile' });
      await say('blocked', null);
      const now = (await registry.readBlock(bhxhCode))!;
      expect(await say('allowed', null)).toEqual({ kind: 'changed-meanwhile', now });
      expect(await registry.readBlock(bhxhCode)).toEqual(now);
      expect(await say('allowed', now.since)).toEqual({ kind: 'changed' });
    });

    test('matches nothing and is charged as a mismatch, whether callers can be called back or not', async () => {
      await steps.block(bhxhCode, 'blocked');
      const phoneKey = newKey();
      for (const canCallBack of [false, true]) expect(await check(canCallBack)).toEqual(mismatch);
      await times(5, () => steps.check({ bhxhCode, phoneKey }));
      expect((await steps.check({ bhxhCode, phoneKey })).admission).toBe('phone-over');
      await steps.block(bhxhCode, 'allowed');
      expect(await check(false)).toMatchObject({ accountId: id });
    });

    test('gets no password in a call that has matched already, and the owner no call-back', async () => {
      await steps.block(bhxhCode, 'blocked');
      for (const isCallBack of [false, true])
        expect((await steps.prepare(id, { isCallBack })).admission).toBe('blocked');
      const request = { callBackId: randomUUID(), accountId: id, perNumberDay: 3 };
      expect(await registry.requestCallBack(request)).toBe('blocked');
      expect(await look.resetsIn('prepared', id)).toEqual([]);
    });

    test.each([false, true])(
      'keeps the old password where one is being read out already (in a call-back: %p)',
      async (isCallBack) => {
        const { resetId } = await steps.prepare(id, { isCallBack });
        await steps.block(bhxhCode, 'blocked');
        expect(await steps.activate(resetId)).toBe(false);
        expect(await hash()).toBe(oldHash);
        expect(await look.notifications(resetId)).toBe(0);
      },
    );

    test('stays changed, if it was before', async () => {
      const { resetId, passwordHash } = await steps.prepare(id);
      expect(await steps.activate(resetId)).toBe(true);
      await steps.block(bhxhCode, 'blocked');
      expect(await steps.activate(resetId)).toBe(true);
      expect(await hash()).toBe(passwordHash);
    });

    test('at the same moment as its activation: changed before, or not at all', async () => {
      for (let round = 0; round < 5; round++) {
        const code = newCode();
        const account = await steps.newAccount(code);
        const { resetId, passwordHash } = await steps.prepare(account);
        const [isActivated] = await Promise.all([steps.activate(resetId), steps.block(code, 'blocked')]);
        const now = await look.readAccount(account);
        expect(now.passwordHash).toBe(isActivated ? passwordHash : oldHash);
        expect((await steps.prepare(account)).admission).toBe('blocked');
      }
    });
  });

  describe('an account that may only be called back', () => {
    beforeEach(async () => expect(await steps.block(bhxhCode, 'call-back')).toBe('changed'));

    test('matches where callers can be called back, and no reset is prepared for them; otherwise it is a mismatch', async () => {
      expect(await check(true)).toEqual({ admission: 'admitted', accountId: id });
      expect(await check(false)).toEqual(mismatch);
      expect(await look.resetsIn('prepared', id)).toEqual([]);
      const phoneKey = newKey();
      await times(5, () => steps.check({ bhxhCode, phoneKey, canCallBack: true }));
      expect((await steps.check({ bhxhCode, phoneKey, canCallBack: true })).accountId).toBe(id);
    });

    test('gets its password in the call to its number, and in no other', async () => {
      const request = { callBackId: randomUUID(), accountId: id, perNumberDay: 3 };
      expect(await registry.requestCallBack(request)).toEqual({ number: '+84912345678' });
      expect((await steps.prepare(id)).admission).toBe('blocked');
      const { resetId, passwordHash } = await steps.prepare(id, { isCallBack: true });
      expect(await steps.activate(resetId)).toBe(true);
      expect(await hash()).toBe(passwordHash);
    });

    test('keeps the old password where a caller hears one already', async () => {
      await steps.block(bhxhCode, 'allowed');
      const { resetId } = await steps.prepare(id);
      await steps.block(bhxhCode, 'call-back');
      expect(await steps.activate(resetId)).toBe(false);
      expect(await hash()).toBe(oldHash);
    });
  });
}
