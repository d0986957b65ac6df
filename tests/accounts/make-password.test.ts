import { jest } from '@jest/globals';
import { hashing } from '../../src/accounts/password-hash.ts';
import { makePassword } from '../../src/accounts/reset.ts';

afterEach(() => {
  jest.useRealTimers();
});

test('a password is not hashed in the moment in which a sentence is being started', async () => {
  jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  const made = makePassword(8);
  await new Promise(setImmediate);
  expect(hashing.activeCount + hashing.pendingCount).toBe(0);
  jest.advanceTimersByTime(100);
  await new Promise(setImmediate);
  expect(hashing.activeCount).toBe(1);
  expect(await made).toEqual({
    digits: expect.stringMatching(/^\d{8}$/),
    hash: expect.stringMatching(/^\$argon2id\$/),
  });
});
