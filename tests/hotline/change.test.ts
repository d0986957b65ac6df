/** What callers hear when something comes between match, reading and change. */
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import {
  afterMatch,
  code,
  hotlineWithCitizen,
  keying,
  oldHash,
  place,
  said,
  spokenPassword,
} from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

describe('when an import gives the account to another phone', () => {
  test('between match and reading, the caller hears a mismatch and no password', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    afterMatch(registry, () => registry.movePhone(registry.accounts[0]!.id, '+84987654321'));
    const channel = await place(hotline, keying(code));
    expect(said(channel).slice(-4)).toEqual(['mismatch', 'offer-other-ways', 'offer-operator', 'goodbye']);
    expect(spokenPassword(channel)).toBe('');
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([
      { outcome: 'mismatch', reason: 'the number of the account has changed meanwhile' },
    ]);
  });

  test('between first reading and change, the caller is told it was not made', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const activate = registry.activateReset.bind(registry);
    registry.activateReset = (activation) => {
      registry.movePhone(registry.accounts[0]!.id, '+84987654321');
      return activate(activation);
    };
    const channel = await place(hotline, keying(code));
    expect(said(channel).slice(-3)).toEqual(['fault', 'offer-operator', 'goodbye']);
    expect(said(channel)).not.toContain('changed');
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([{ outcome: 'fault', reason: 'the reset was no longer valid' }]);
  });
});

test.each(['before', 'hang', 'after-commit'] as const)(
  'a database that is unreachable for a second at the change (%s): the change is made once and the caller is told so',
  async (fault) => {
    const { registry, hotline } = hotlineWithCitizen();
    const activate = registry.activateReset.bind(registry);
    registry.activateReset = (activation) => {
      registry.activateReset = activate;
      registry.stayAway(fault);
      setTimeout(() => registry.stayAway(null), 1000);
      return activate(activation);
    };
    const channel = await place(hotline, keying(code));
    expect(said(channel)).toContain('changed');
    expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(channel))).toBe(true);
    expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
    expect(registry.outbox).toHaveLength(1);
  },
);
