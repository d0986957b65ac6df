/** The part of the registry's contract about limits across calls, with the shipped numbers. */
import { randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import { shippedLimits } from '../../../src/accounts/limits.ts';
import type { AttemptAdmission, KeyedCode } from '../../../src/registry/attempts.ts';
import type { Registry } from '../../../src/registry/registry.ts';
import {
  hungUp,
  interrupted,
  matchedPhone,
  newKey,
  oldHash,
  type RegistrySteps,
  times,
  type RegistryUnderTest,
} from './registry-steps.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Part of {@link describeRegistryContract}. `current` is new for each test, on an empty registry. */
export function describeLimitsContract(current: () => RegistrySteps): void {
  let steps: RegistrySteps;
  let registry: Registry;
  let look: RegistryUnderTest;
  beforeEach(() => {
    steps = current();
    ({ look, registry } = steps);
  });

  /** One attempt that does not match. */
  async function mismatch(entry: Partial<KeyedCode> = {}): Promise<AttemptAdmission> {
    return (await steps.check(entry)).admission;
  }

  async function oneAfterTheOther<T>(count: number, work: () => Promise<T>): Promise<T[]> {
    const results: T[] = [];
    while (results.length < count) results.push(await work());
    return results;
  }

  const admitted = (count: number): AttemptAdmission[] => Array<AttemptAdmission>(count).fill('admitted');
  const countOf = <T>(results: readonly T[], result: T): number =>
    results.filter((one) => one === result).length;

  describe('mismatches from one phone', () => {
    test('end its checks for the hour after the fifth; another phone is served', async () => {
      const phoneKey = newKey();
      expect(await oneAfterTheOther(7, () => mismatch({ phoneKey }))).toEqual([
        ...admitted(5),
        'phone-over',
        'phone-over',
      ]);
      expect(await mismatch()).toBe('admitted');
    });

    test('end them for the day after the tenth, however spread, and are forgotten after 24 hours', async () => {
      const phoneKey = newKey();
      await oneAfterTheOther(5, () => mismatch({ phoneKey }));
      await look.age(61 * minuteMs);
      expect(await oneAfterTheOther(5, () => mismatch({ phoneKey }))).toEqual(admitted(5));
      await look.age(61 * minuteMs);
      expect(await mismatch({ phoneKey })).toBe('phone-over');
      await look.age(21 * hourMs);
      expect(await mismatch({ phoneKey })).toBe('phone-over');
      await look.age(1 * hourMs);
      expect(await mismatch({ phoneKey })).toBe('admitted');
    });

    test('fifty calls at once get five checks, and each refused one costs nothing', async () => {
      const phoneKey = newKey();
      const results = await times(50, () => mismatch({ phoneKey }));
      expect(countOf(results, 'admitted')).toBe(5);
      expect(countOf(results, 'phone-over')).toBe(45);
      await look.age(61 * minuteMs);
      expect(await mismatch({ phoneKey })).toBe('admitted');
    });

    test('do not include matches, however many', async () => {
      const [phoneKey, codeKey, bhxhCode] = [newKey(), newKey(), '0012345678'];
      const id = await look.addAccount({ bhxhCode, phone: matchedPhone, passwordHash: oldHash });
      const match = () => steps.check({ phoneKey, codeKey, bhxhCode, phone: matchedPhone });
      for (let entry = 0; entry < 12; entry++)
        expect(await match()).toMatchObject({ admission: 'admitted', accountId: id });
      await oneAfterTheOther(5, () => mismatch({ phoneKey }));
      expect(await match()).toMatchObject({ admission: 'phone-over', accountId: null });
    });

    test('do not include attempts that were refunded, because their callers heard no answer', async () => {
      const phoneKey = newKey();
      await mismatch({ phoneKey });
      for (const { attemptId } of await times(4, () => steps.check({ phoneKey })))
        await registry.refundAttempt(attemptId);
      expect(await oneAfterTheOther(5, () => mismatch({ phoneKey }))).toEqual([...admitted(4), 'phone-over']);
    });

    test('are charged once for an attempt that is asked about again, one after the other or all at once', async () => {
      const [phoneKey, codeKey, attemptId] = [newKey(), newKey(), randomUUID()];
      const again = () => mismatch({ phoneKey, codeKey, attemptId });
      expect([...(await times(5, again)), await again()]).toEqual(admitted(6));
      await oneAfterTheOther(4, () => mismatch({ phoneKey }));
      expect([await again(), await mismatch({ phoneKey })]).toEqual(['admitted', 'phone-over']);
    });

    test('include the attempt of a caller who hung up before the answer', async () => {
      const phoneKey = newKey();
      const callId = await steps.openCall();
      await oneAfterTheOther(5, () => mismatch({ phoneKey, callId }));
      await registry.closeCall(callId, hungUp);
      expect(await mismatch({ phoneKey })).toBe('phone-over');
    });
  });

  describe('mismatches on one code', () => {
    test('throttle it after the tenth, from any phone, for 24 hours; other codes are checked', async () => {
      const codeKey = newKey();
      expect(await oneAfterTheOther(12, () => mismatch({ codeKey }))).toEqual([
        ...admitted(10),
        'code-over',
        'code-over',
      ]);
      expect(await mismatch()).toBe('admitted');
      await look.age(23 * hourMs);
      expect(await mismatch({ codeKey })).toBe('code-over');
      await look.age(1 * hourMs);
      expect(await mismatch({ codeKey })).toBe('admitted');
    });

    test('are not added while it is throttled, so no one can keep it throttled by going on', async () => {
      const codeKey = newKey();
      await oneAfterTheOther(10, () => mismatch({ codeKey }));
      await look.age(23 * hourMs);
      await oneAfterTheOther(10, () => mismatch({ codeKey }));
      await look.age(2 * hourMs);
      expect(await mismatch({ codeKey })).toBe('admitted');
    });

    test('cost the phone the same whether the code is throttled or not', async () => {
      const codeKey = newKey();
      await oneAfterTheOther(10, () => mismatch({ codeKey }));
      const phoneKey = newKey();
      const results = await oneAfterTheOther(6, () => mismatch({ codeKey, phoneKey }));
      expect(results).toEqual([...Array<AttemptAdmission>(5).fill('code-over'), 'phone-over']);
    });

    test('are not forgotten for its owner: a match on a throttled code is found, and stays charged to the phone', async () => {
      const [phoneKey, codeKey, bhxhCode] = [newKey(), newKey(), '0012345678'];
      const id = await look.addAccount({ bhxhCode, phone: matchedPhone, passwordHash: oldHash });
      await oneAfterTheOther(10, () => mismatch({ codeKey }));
      const match = () => steps.check({ phoneKey, codeKey, bhxhCode });
      for (let entry = 0; entry < 5; entry++)
        expect(await match()).toMatchObject({ admission: 'code-over', accountId: id });
      expect((await match()).admission).toBe('phone-over');
    });

    test('fifty calls at once from fifty phones get ten checks', async () => {
      const codeKey = newKey();
      const results = await times(50, () => mismatch({ codeKey }));
      expect(countOf(results, 'admitted')).toBe(10);
      expect(countOf(results, 'code-over')).toBe(40);
    });
  });

  test('mismatches and calls under the key before the current one count as under it', async () => {
    const [phoneKeyBefore, codeKeyBefore, phoneKey] = [newKey(), newKey(), newKey()];
    await oneAfterTheOther(4, () => mismatch({ phoneKey: phoneKeyBefore }));
    await oneAfterTheOther(10, () => mismatch({ codeKey: codeKeyBefore }));
    const before = { phoneKey: phoneKeyBefore, codeKey: newKey() };
    const anyInstance = undefined;
    expect(await steps.admission(randomUUID(), phoneKey, anyInstance, phoneKeyBefore)).toBe('admitted');
    expect(await mismatch({ phoneKey, before })).toBe('admitted');
    expect(await mismatch({ phoneKey, before })).toBe('phone-over');
    expect(await steps.admission(randomUUID(), phoneKey, anyInstance, phoneKeyBefore)).toBe('phone-over');
    expect(await mismatch({ before: { phoneKey: newKey(), codeKey: codeKeyBefore } })).toBe('code-over');
    const busy = newKey();
    await times(2, () => steps.openCall({ phoneKey: busy }));
    expect(await steps.admission(randomUUID(), newKey(), anyInstance, busy)).toBe('phone-busy');
  });

  test('concurrent calls with phones and codes in every order wait for each other and never fail', async () => {
    // Eight entries for each code are below its limit, in whatever order they come.
    const [phones, codes] = [await times(4, async () => newKey()), await times(6, async () => newKey())];
    const results = await times(
      48,
      async (index) => await mismatch({ phoneKey: phones[index % 4]!, codeKey: codes[(index >> 2) % 6]! }),
    );
    expect(countOf(results, 'admitted')).toBe(4 * shippedLimits.mismatchesPerPhoneHour);
  });

  describe('new passwords of one account', () => {
    const reset = async (accountId: number): Promise<'activated' | 'too-often'> => {
      const { resetId, admission } = await steps.prepare(accountId);
      if (admission === 'too-often') return admission;
      expect(await steps.activate(resetId)).toBe(true);
      return 'activated';
    };

    test('are at least 60 s apart, and three in 24 hours', async () => {
      const id = await steps.newAccount();
      const results: string[] = [];
      for (const ageMs of [0, 30_000, 31_000, minuteMs + 1000, minuteMs + 1000, 22 * hourMs, 2 * hourMs]) {
        await look.age(ageMs);
        results.push(await reset(id));
      }
      expect(results).toEqual([
        'activated',
        'too-often',
        'activated',
        'activated',
        'too-often',
        'too-often',
        'activated',
      ]);
    });

    test('refused over the limit leave a prepared one of another call and other accounts alone', async () => {
      const [id, neighbour] = [await steps.newAccount(), await steps.newAccount()];
      expect(await reset(id)).toBe('activated');
      expect(await reset(id)).toBe('too-often');
      expect(await look.resetsIn('prepared', id)).toEqual([]);
      expect(await reset(neighbour)).toBe('activated');
    });

    test('fifty calls at once that prepare and activate change it once, and not again within the minute', async () => {
      const id = await steps.newAccount();
      await times(50, async () => {
        const { resetId, admission } = await steps.prepare(id);
        return admission === 'prepared' && steps.activate(resetId);
      });
      expect(await look.resetsIn('activated', id)).toHaveLength(1);
    });
  });

  describe('calls at once from one phone', () => {
    test('are two; the third may come when one has ended', async () => {
      const phoneKey = newKey();
      const first = await steps.openCall({ phoneKey });
      await steps.openCall({ phoneKey });
      const third = randomUUID();
      expect(await steps.admission(third, phoneKey)).toBe('phone-busy');
      await registry.closeCall(third, { outcome: 'limited', reason: 'too many calls', durationMs: 1 });
      expect(await look.auditRows(third)).toMatchObject([{ outcome: 'limited', maskedPhone: '+84***5678' }]);
      await registry.closeCall(first, hungUp);
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('admitted');
      expect(await steps.admission(randomUUID(), newKey())).toBe('admitted');
    });

    test('are two of fifty that come at once; refused ones do not count', async () => {
      const phoneKey = newKey();
      const callIds = await times(50, async () => randomUUID() as string);
      const results = await times(50, (index) => steps.admission(callIds[index]!, phoneKey));
      expect(countOf(results, 'admitted')).toBe(2);
      await times(
        50,
        async (index) => results[index] === 'admitted' && registry.closeCall(callIds[index]!, hungUp),
      );
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('admitted');
    });

    test('do not include a call recorded twice, one closed after its process died, or any without a number', async () => {
      const phoneKey = newKey();
      const instanceId = randomUUID();
      const callId = await steps.openCall({ phoneKey, instanceId });
      expect(await steps.admission(callId, phoneKey)).toBe('admitted');
      await steps.openCall({ phoneKey, instanceId });
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('phone-busy');
      await registry.leaveNode(instanceId);
      await registry.closeInterruptedCalls(randomUUID(), interrupted);
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('admitted');
      expect(await times(5, () => steps.admission(randomUUID(), null))).toEqual(Array(5).fill('admitted'));
    });

    test('are refused at once for a phone that is over its mismatches', async () => {
      const phoneKey = newKey();
      await oneAfterTheOther(5, () => mismatch({ phoneKey }));
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('phone-over');
      await look.age(61 * minuteMs);
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('admitted');
    });
  });
}
