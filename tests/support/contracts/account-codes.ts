/** The part of the registry's contract about people with a personal ID beside their BHXH code. */
import { randomInt, randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import { checkAttempt, type AttemptResult } from '../../../src/accounts/attempt.ts';
import { subjectKey } from '../../../src/accounts/subject-key.ts';
import type { AccountId } from '../../../src/registry/accounts.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import { hungUp, matchedPhone, newCode, times, type RegistrySteps } from './registry-steps.ts';
import type { RegistryUnderTest } from './registry-steps.ts';

const hashKey = '5'.repeat(64);

/** Part of {@link describeRegistryContract}. `current` is new for each test, on an empty registry. */
export function describeCodesContract(current: () => RegistrySteps): void {
  let steps: RegistrySteps;
  let registry: Registry;
  let look: RegistryUnderTest;
  let bhxhCode: string;
  let personalId: string;
  let id: AccountId;
  beforeEach(async () => {
    steps = current();
    ({ look, registry } = steps);
    bhxhCode = newCode();
    personalId = `0${randomInt(1e11).toString().padStart(11, '0')}`;
    id = await steps.newAccount(bhxhCode);
    await look.addCode(id, personalId);
  });

  /** As the script checks what a caller keys. */
  const key = (code: string, phone = newPhone(), callId: string = randomUUID()): Promise<AttemptResult> =>
    checkAttempt(
      registry,
      { current: hashKey },
      { ...{ attemptId: randomUUID(), callId, code, phone }, isPhoneCertain: true, canCallBack: false },
      null,
    );
  const kindsOf = (results: readonly AttemptResult[]) => results.map(({ kind }) => kind);

  describe('a person with a personal ID', () => {
    test('is found by either code, with both; a code that is nobody’s stands for itself', async () => {
      for (const code of [bhxhCode, personalId])
        expect(await registry.readCodes(code)).toEqual([bhxhCode, personalId]);
      for (const code of ['9999999999', '999999999999', ''])
        expect(await registry.readCodes(code)).toEqual([code]);
      await steps.newAccount('7900000001');
      expect(await registry.readCodes('7900000001')).toEqual(['7900000001']);
    });

    test('matches by either code from the registered number, and from no other', async () => {
      for (const code of [bhxhCode, personalId]) {
        const match = { kind: 'match', accountId: id, codes: [bhxhCode, personalId], reset: null };
        expect(await key(code, matchedPhone)).toEqual(match);
        expect(await key(code)).toEqual({ kind: 'mismatch' });
      }
    });

    test('has ten mismatches in 24 hours, not ten for each code', async () => {
      for (let entry = 0; entry < 5; entry++)
        expect(kindsOf([await key(bhxhCode), await key(personalId)])).toEqual(['mismatch', 'mismatch']);
      const throttled = { kind: 'throttled', accountId: id, codes: [bhxhCode, personalId] };
      for (const code of [bhxhCode, personalId])
        expect(await key(code, matchedPhone)).toMatchObject(throttled);
      expect(await key(newCode())).toEqual({ kind: 'mismatch' });
    });

    test('has ten of fifty that come at once, by both codes', async () => {
      const results = await times(50, (index) => key(index % 2 === 0 ? bhxhCode : personalId));
      expect(kindsOf(results).filter((kind) => kind === 'mismatch')).toHaveLength(10);
      expect(kindsOf(results).filter((kind) => kind === 'throttled')).toHaveLength(40);
    });

    test('is blocked by either code, for both', async () => {
      expect(await steps.block(personalId, 'blocked')).toBe('changed');
      const block = await registry.readBlock(personalId);
      expect(block).toMatchObject({ state: 'blocked' });
      expect(await registry.readBlock(bhxhCode)).toEqual(block);
      for (const code of [bhxhCode, personalId])
        expect(await key(code, matchedPhone)).toEqual({ kind: 'mismatch' });
      expect(await steps.block(bhxhCode, 'allowed')).toBe('changed');
      expect(await key(personalId, matchedPhone)).toMatchObject({ kind: 'match' });
    });

    test('is on record by the first code, whichever was keyed', async () => {
      for (const code of [bhxhCode, personalId]) {
        const callId = await steps.openCall();
        await key(code, newPhone(), callId);
        await registry.closeCall(callId, hungUp);
        expect((await look.auditKeys(callId)).codeKey).toBe(subjectKey(hashKey, 'code', bhxhCode));
      }
    });
  });
}

const newPhone = (): string => `+8491${randomInt(1e7).toString().padStart(7, '0')}`;
