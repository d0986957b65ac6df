/** A hang-up at every sound of every path through the call. */
import { jest } from '@jest/globals';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import {
  callAlong,
  matched,
  placesOf,
  readFourTimes,
  unchanged,
  type CallPath,
} from '../support/fakes/call-paths.ts';
import { code, keying, lengths, oldHash, said, spokenPassword } from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

const paths: Readonly<Record<string, CallPath>> = {
  matched,
  'read four times': readFourTimes,
  'matched at the third attempt': { caller: () => keying('9999999999', '12#', code) },
  ...unchanged,
  'matched by a slow check': {
    caller: () => keying(code),
    faults: (registry) => registry.failNext('checkAttempt', { slowMs: 1900 }),
  },
  'answer to the check lost': {
    caller: () => keying(code),
    faults: (registry) => registry.failNext('checkAttempt', 'after-commit'),
  },
  'answer to the change lost': {
    caller: () => keying(code),
    faults: (registry) => registry.failNext('activateReset', 'after-commit'),
  },
  'change not made': {
    caller: () => keying(code),
    faults: (registry) => registry.stayAway('hang', 'activateReset'),
  },
};

describe('a caller who hangs up', () => {
  test.each(Object.entries(paths))(
    'anywhere on the path "%s" leaves one row, and the old password or the one that was spoken',
    async (_, path) => {
      const whole = await callUpTo(path, Infinity);
      expect(whole.channel.heard.length).toBeGreaterThan(2);
      const every = path.from === undefined ? { digit: 1, pause: 1 } : { digit: 6, pause: 12 };
      for (const last of placesOf(path, whole.channel, every)) {
        for (const at of ['its beginning', 'its middle'] as const) {
          const { registry, channel } = await callUpTo(path, last, at);
          const { passwordHash } = registry.accounts[0]!;
          const told = said(channel).includes('changed');
          const isOld = passwordHash === oldHash;
          expect(registry.audit).toHaveLength(1);
          expect(registry.openCalls.size).toBe(0);
          expect([...registry.resets.values()].filter(({ state }) => state === 'prepared')).toEqual([]);
          if (told) expect(isOld).toBe(false);
          if (told) expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
          if (!isOld) expect(await verifyPassword(passwordHash, spokenPassword(channel))).toBe(true);
          await jest.advanceTimersByTimeAsync(1000); // an attempt whose result was never heard is refunded by then
          expect(jest.getTimerCount()).toBe(0);
        }
      }
    },
  );
});

const callUpTo = (path: CallPath, last: number, at: 'its beginning' | 'its middle' = 'its beginning') =>
  callAlong(path, (sound, line, index) => {
    if (index === last)
      line.after(at === 'its beginning' ? 0 : (lengths.get(sound) ?? 0) / 2, () => line.hangUp());
  });
