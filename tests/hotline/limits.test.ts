/** What callers hear when they are over a limit across calls, and what they must not hear. */
import { shippedLimits } from '../../src/accounts/limits.ts';
import { subjectKey } from '../../src/accounts/subject-key.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import type { FakeChannel } from '../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import {
  backAtApology,
  code,
  hotlineWithCitizen,
  keying,
  oldHash,
  phone,
  place,
  said,
} from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

const stranger = '0987654321';
const wrongCodes = ['9999999999', '8888888888', '7777777777'];

/** Puts the citizen's code over its limit. */
async function throttle({
  registry,
  hotline,
}: {
  registry: MemoryRegistry;
  hotline: Hotline;
}): Promise<void> {
  for (let entry = 0; entry < shippedLimits.mismatchesPerCodeDay; entry++) {
    await registry.checkAttempt({
      attemptId: `entry ${entry}`,
      callId: 'earlier',
      bhxhCode: code,
      phone: `phone ${entry}`,
      phoneKey: `phone ${entry}`,
      codeKey: subjectKey(hotline.hashKeys.current, 'code', code),
    });
  }
}

/** Every sound with its time in the call, ms. */
function heardAt(channel: FakeChannel): string[] {
  return channel.heard.map(({ sound, atMs }) => `${atMs - channel.heard[0]!.atMs} ${sound}`);
}

const isCharged = ({ limits }: MemoryRegistry): boolean =>
  [...limits.attempts.values()].some(({ countsPhone, countsCode }) => countsPhone || countsCode);

describe('a phone', () => {
  test('whose sixth attempt in an hour would be another guess is told to try later, in that call and the next; other phones are served', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(hotline, keying(...wrongCodes));
    const second = await place(hotline, keying('6666666666', '5555555555', code));
    expect(said(second).slice(-4)).toEqual(['please-wait', 'try-later', 'offer-operator', 'goodbye']);
    const third = await place(hotline, keying(code));
    expect(said(third)).toEqual(['try-later', 'offer-operator', 'goodbye']);
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([
      { outcome: 'mismatch' },
      { outcome: 'limited', reason: 'too many mismatches from this phone' },
      { outcome: 'limited', reason: 'too many mismatches from this phone' },
    ]);
    const other = await place(hotline, keying('6666666666'), stranger);
    expect(said(other)).toContain('mismatch');
    registry.age(61 * 60_000);
    expect(said(await place(hotline, keying(code)))).toContain('changed');
  });

  test('that is over its limit, and a code, stay over it when HASH_KEY is changed', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(hotline, keying(...wrongCodes));
    await place(hotline, keying(...wrongCodes));
    const hashKeys = { current: '1'.repeat(64), before: hotline.hashKeys.current };
    const changed = { ...hotline, hashKeys };
    expect(said(await place(changed, keying(code)))).toEqual(['try-later', 'offer-operator', 'goodbye']);
    const other = hotlineWithCitizen();
    await throttle(other);
    expect(said(await place({ ...other.hotline, hashKeys }, keying(code)))).not.toContain('changed');
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
  });

  test('that is told to try later can reach the operator instead', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    await place(hotline, keying(...wrongCodes));
    await place(hotline, keying(...wrongCodes));
    const channel = await place(hotline, (sound, line) => {
      if (sound === 'hotline/offer-operator') line.after(300, () => line.press('0'));
    });
    expect(channel.exitedTo).toBe('operator');
    expect(registry.audit.at(-1)).toMatchObject({ outcome: 'limited' });
  });

  test('with two calls at once is told in the third that there are too many, and is served when one has ended', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const phoneKey = subjectKey(hotline.hashKeys.current, 'phone', '+84912345678');
    for (const callId of ['one', 'two'])
      await registry.openCall({
        callId,
        instanceId: hotline.instanceId,
        channelId: callId,
        maskedPhone: '',
        phoneKey,
      });
    expect(said(await place(hotline, keying(code)))).toEqual(['busy', 'offer-operator', 'goodbye']);
    expect(registry.audit).toMatchObject([
      { outcome: 'limited', reason: 'too many calls at once from this phone' },
    ]);
    await registry.closeCall('one', { outcome: 'hung-up', reason: '', durationMs: 1 });
    expect(said(await place(hotline, keying(code)))).toContain('changed');
  });

  test('that is only claimed, not asserted, uses up nothing of its owner', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    for (let call = 0; call < 3; call++) void (await place(hotline, keying(code), 'anonymous'));
    expect(registry.audit.map(({ outcome }) => outcome)).toEqual([
      'no-identity',
      'no-identity',
      'no-identity',
    ]);
    expect(registry.limits.attempts.size).toBe(0);
  });
});

describe('a code over its limit', () => {
  test('sounds to strangers and to a spoofer of its own phone exactly like an unknown one and like a wrong phone, sound for sound and moment for moment', async () => {
    const calls: Record<string, { throttled: boolean; keyed: string; from: string }> = {
      'unknown code': { throttled: false, keyed: '9999999999', from: stranger },
      'wrong phone': { throttled: false, keyed: code, from: stranger },
      'throttled code': { throttled: true, keyed: code, from: stranger },
      'throttled code from its phone': { throttled: true, keyed: code, from: phone },
    };
    const heard: Record<string, string[]> = {};
    for (const [name, { throttled, keyed, from }] of Object.entries(calls)) {
      const { registry, hotline } = hotlineWithCitizen();
      if (throttled) await throttle({ registry, hotline });
      heard[name] = heardAt(await place(hotline, keying(keyed, keyed, keyed), from));
      expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
      expect(registry.audit).toMatchObject([{ outcome: 'mismatch', reason: 'no entries left' }]);
      // Each attempt charges the phone alike; otherwise the phone's limit would reveal the difference.
      expect(
        [...registry.limits.attempts.values()].filter(
          (entry) => entry.countsPhone && entry.callId !== 'earlier',
        ),
      ).toHaveLength(3);
    }
    const [first, ...others] = Object.values(heard);
    expect(first!.filter((sound) => sound.endsWith('hotline/mismatch'))).toHaveLength(3);
    for (const other of others) expect(other).toEqual(first);
  });
});

describe('an account', () => {
  test('whose password was just changed gets no other one for a while; the caller is told to try later', async () => {
    // An hour instead of a minute, because fake time runs on during the real hashing of the next password.
    const { registry, hotline } = hotlineWithCitizen({ ...shippedLimits, resetsApartMs: 3_600_000 });
    await place(hotline, keying(code));
    const { passwordHash } = registry.accounts[0]!;
    expect(passwordHash).not.toBe(oldHash);
    const again = await place(hotline, keying(code));
    expect(said(again)).toEqual(['enter-code-10', 'please-wait', 'try-later', 'offer-operator', 'goodbye']);
    expect(registry.accounts[0]).toMatchObject({ passwordHash });
    expect(registry.audit.at(-1)).toMatchObject({
      outcome: 'limited',
      reason: 'too many resets of this account',
    });
  });

  test('has three new passwords in a day and no fourth', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    const told: boolean[] = [];
    for (let call = 0; call < 4; call++) {
      told.push(said(await place(hotline, keying(code))).includes('changed'));
      registry.age(3_600_000);
    }
    expect(told).toEqual([true, true, true, false]);
  });
});

describe('while the database is unreachable', () => {
  test.each([
    ['before it is charged', 'checkAttempt', 'before'],
    ['while it is checked', 'checkAttempt', 'hang'],
    ['after it is charged, with every answer lost', 'checkAttempt', 'after-commit'],
  ] as const)(
    'an attempt costs the caller nothing if the database fails %s and stays unreachable: an apology, no answer, no charge',
    async (_, method, fault) => {
      const { registry, hotline } = hotlineWithCitizen();
      registry.stayAway(fault, method);
      const channel = await place(hotline, backAtApology(registry, keying('9999999999')));
      expect(said(channel)).toContain('fault');
      expect(said(channel)).not.toContain('mismatch');
      expect(isCharged(registry)).toBe(false);
    },
  );

  test('an answer lost once, when the result was written, is asked for again: the caller hears the result and is charged for it', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    registry.failNext('checkAttempt', 'after-commit');
    expect(said(await place(hotline, keying('9999999999')))).toContain('mismatch');
    expect(isCharged(registry)).toBe(true);
  });
});
