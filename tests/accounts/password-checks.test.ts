import { setImmediate as turn } from 'node:timers/promises';
import { hashing } from '../../src/accounts/password-hash.ts';
import { PasswordChecks } from '../../src/accounts/password-checks.ts';

const shipped = hashing.concurrency;
afterEach(() => void (hashing.concurrency = shipped));

test('a chosen password is hashed by argon2id, above the minimum of OWASP, and is right however it was composed', async () => {
  const passwords = new PasswordChecks();
  const phc = await passwords.hash('bốn con mèo ngồi'.normalize('NFD'));
  expect(phc).toMatch(/^\$argon2id\$v=19\$m=47104,t=2,p=1\$/);
  expect(await passwords.verify(phc, 'bốn con mèo ngồi'.normalize('NFC'))).toBe(true);
  expect(await passwords.verify(phc, 'bốn con mèo ngồi ')).toBe(false);
  expect(await passwords.verify(null, 'bốn con mèo ngồi')).toBe(false);
});

test('however many sign in, a call waits for one of them at most', async () => {
  hashing.concurrency = 1;
  const passwords = new PasswordChecks();
  const ended: string[] = [];
  const checks = ['a', 'b', 'c'].map((name) =>
    passwords.verify(null, name).then(() => ended.push(`sign-in ${name}`)),
  );
  await turn();
  expect([passwords.waiting, hashing.activeCount, hashing.pendingCount]).toEqual([2, 1, 0]);
  const calls = [1, 2].map((call) => hashing(async () => ended.push(`call ${call}`)));
  await Promise.all([...checks, ...calls]);
  expect(ended).toHaveLength(5);
  // The one that had begun, or was next, may end in between.
  expect(ended.filter((each) => each !== 'sign-in a')).toEqual([
    'call 1',
    'call 2',
    'sign-in b',
    'sign-in c',
  ]);
});
