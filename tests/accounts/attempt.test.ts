/** What a check tells, and when. Its counts are those of the registry (tests/support/contracts). */
import { randomUUID } from 'node:crypto';
import { checkAttempt, type AttemptResult } from '../../src/accounts/attempt.ts';
import { PasswordReset, type FreshPassword } from '../../src/accounts/reset.ts';
import { MemoryRegistry } from '../../src/simulation/memory-registry.ts';

const code = '0123456789';
const phone = '+84912345678';

function registryWithCitizen(): MemoryRegistry {
  const registry = new MemoryRegistry();
  registry.addAccount({ bhxhCode: code, phone, passwordHash: '$x$' });
  return registry;
}

const check = (
  registry: MemoryRegistry,
  keyed: string,
  password: Promise<FreshPassword> | null,
): Promise<AttemptResult> =>
  checkAttempt(
    registry,
    { current: '5'.repeat(64) },
    {
      ...{ attemptId: randomUUID(), callId: randomUUID(), code: keyed, phone },
      ...{ isPhoneCertain: true, canCallBack: false },
    },
    password,
  );

test('nothing is told of a code before the password is ready, whether it matches or not', async () => {
  const registry = registryWithCitizen();
  const { promise, resolve } = Promise.withResolvers<FreshPassword>();
  const told: string[] = [];
  const checks = [code, '9999999999'].map((keyed) =>
    check(registry, keyed, promise).then(({ kind }) => told.push(kind)),
  );
  await new Promise((done) => setImmediate(done)); // the registry has answered
  expect(registry.limits.attempts.size).toBe(2);
  expect(told).toEqual([]);
  resolve({ digits: '13572468', hash: '$new$' });
  await Promise.all(checks);
  expect(told.sort()).toEqual(['match', 'mismatch']);
});

test('a match has the password that was made for it, unless that is a part of the code', async () => {
  const match = await check(registryWithCitizen(), code, Promise.resolve({ digits: '13572468', hash: '$new$' })); // prettier-ignore
  expect(match).toMatchObject({ kind: 'match', reset: { digits: '13572468' } });
  const part = await check(registryWithCitizen(), code, Promise.resolve({ digits: '12345678', hash: '$new$' })); // prettier-ignore
  if (part.kind !== 'match' || !(part.reset instanceof PasswordReset)) throw new Error('no reset');
  expect(part.reset.digits).toMatch(/^\d{8}$/);
  expect(part.reset.digits).not.toBe('12345678');
});

test('where no password may be said, a match prepares nothing', async () => {
  const registry = registryWithCitizen();
  expect(await check(registry, code, null)).toMatchObject({ kind: 'match', reset: null });
  expect(registry.resets.size).toBe(0);
});
