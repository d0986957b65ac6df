/** What callers hear while the database is unreachable for a moment, or for longer than they can wait. */
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import {
  backAtApology,
  code,
  hotlineWithCitizen,
  keying,
  lengths,
  place,
  said,
  spokenPassword,
} from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

describe('a database that', () => {
  test.each(['before', 'hang'] as const)(
    'becomes unreachable (%s) at any step: the caller is asked to wait at once, and again, and is told of it within 20 s',
    async (fault) => {
      for (const method of ['openCall', 'checkAttempt'] as const) {
        const { registry, hotline } = hotlineWithCitizen();
        registry.stayAway(fault, method);
        const { heard } = await place(hotline, backAtApology(registry, keying(code)));
        const words = heard.filter(({ sound }) => !/pause|silence/.test(sound));
        const apology = words.findIndex(({ sound }) => sound === 'hotline/fault');
        const waited = words
          .slice(0, apology + 1)
          .slice(words.slice(0, apology).findLastIndex(({ sound }) => sound !== 'hotline/please-wait') + 1);
        expect(waited.length).toBeGreaterThanOrEqual(3);
        expect(waited.at(-1)!.atMs - waited[0]!.atMs).toBeLessThan(15_000);
        for (const [index, word] of waited.slice(1).entries())
          expect(word.atMs - (waited[index]!.atMs + lengths.get('hotline/please-wait')!)).toBeLessThan(3000);
      }
    },
  );

  test.each(['openCall', 'checkAttempt'] as const)(
    'is back (%s) while the caller waits: the call goes on as if nothing had happened',
    async (method) => {
      const { registry, hotline } = hotlineWithCitizen();
      for (const fault of ['after-commit', 'before'] as const) registry.failNext(method, fault);
      const channel = await place(hotline, keying(code));
      expect(said(channel)).toContain('changed');
      expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(channel))).toBe(true);
      expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
      expect(
        [...registry.limits.attempts.values()].map(
          ({ countsPhone, countsCode }) => countsPhone || countsCode,
        ),
      ).toEqual([false]);
      expect([...registry.resets.values()].filter(({ state }) => state === 'prepared')).toEqual([]);
    },
  );
});
