/** What callers hear whose account's resets by phone an officer has blocked, or restricted to call-backs. */
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { CallBackOrders } from '../../src/hotline/call-back/orders.ts';
import type { PhoneResets } from '../../src/registry/account-blocks.ts';
import { FakeCallBackLine } from '../support/fakes/fake-call-back-line.ts';
import type { FakeChannel } from '../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import {
  afterMatch,
  code,
  hotlineWithCitizen,
  keying,
  lengths,
  oldHash,
  place,
  said,
  spokenPassword,
} from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

const unknownCode = '9999999999';

const block = async (registry: MemoryRegistry, state: PhoneResets) => {
  const seen = (await registry.readBlock(code))?.since ?? null;
  return registry.setBlock({ bhxhCode: code, state, reason: 'stolen SIM', user: 'lan', codeKey: '', seen });
};

/** A hotline that calls back, and what the person who picks up does. */
function callingBack(person: Caller): ReturnType<typeof hotlineWithCitizen> & { line: FakeCallBackLine } {
  const { registry, hotline } = hotlineWithCitizen();
  const line = new FakeCallBackLine(lengths, person);
  const times = { ringMs: 30_000, delayMs: 3000 };
  const callBacks = new CallBackOrders({ mode: 'risk', line, perNumberDay: 3, atOnce: 10, ...times });
  return { registry, hotline: { ...hotline, callBacks }, line };
}

const consenting: Caller = (sound, line) => {
  if (sound === 'hotline/call-back-request') line.after(500, () => line.press('1'));
};

/** As `caller`; the account is blocked once they hear this sound. */
const blockedAt =
  (registry: MemoryRegistry, heard: RegExp, caller: Caller): Caller =>
  (sound, line, index) => {
    if (heard.test(sound)) void block(registry, 'blocked');
    caller(sound, line, index);
  };

/** When each sound began, ms since the first. */
const course = ({ heard }: FakeChannel) => heard.map(({ sound, atMs }) => [sound, atMs - heard[0]!.atMs]);

test.each<[PhoneResets, boolean]>([
  ['blocked', false],
  ['blocked', true],
  ['call-back', false],
])(
  'an account that is %s sounds like a mismatch, to the millisecond, and is charged as one (with call-backs: %p)',
  async (state, hasCallBacks) => {
    const hear = async (keyed: string): Promise<[FakeChannel, MemoryRegistry]> => {
      const { registry, hotline } = hasCallBacks ? callingBack(consenting) : hotlineWithCitizen();
      await block(registry, state);
      return [await place(hotline, keying(keyed, keyed, keyed)), registry];
    };
    const [mismatch, ofMismatch] = await hear(unknownCode);
    const [blocked, ofBlocked] = await hear(code);
    expect(course(blocked)).toEqual(course(mismatch));
    expect(said(blocked).filter((name) => name === 'mismatch')).toHaveLength(3);
    expect(ofBlocked.audit).toMatchObject([{ outcome: 'mismatch', reason: 'no entries left' }]);
    const charges = ({ limits }: MemoryRegistry) =>
      [...limits.attempts.values()].map(({ countsPhone, countsCode }) => ({ countsPhone, countsCode }));
    expect(charges(ofBlocked)).toEqual(charges(ofMismatch));
  },
);

test('blocked after the code has matched, and before the password is read: sounds like a mismatch, and says so in the audit', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  afterMatch(registry, () => block(registry, 'blocked'));
  const channel = await place(hotline, keying(code));
  expect(said(channel)).toEqual([
    'enter-code-10',
    'please-wait',
    'mismatch',
    'offer-other-ways',
    'offer-operator',
    'goodbye',
  ]);
  expect(registry.audit).toMatchObject([
    { outcome: 'mismatch', reason: 'resets by phone have been blocked meanwhile' },
  ]);
});

test('blocked while the password is read for the first time: the old one stays, and the caller hears an apology', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const channel = await place(hotline, blockedAt(registry, /password-intro/, keying(code)));
  expect(said(channel).slice(-3)).toEqual(['fault', 'offer-operator', 'goodbye']);
  expect(said(channel)).not.toContain('changed');
  expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
  expect(registry.audit).toMatchObject([{ outcome: 'fault', reason: 'the reset was no longer valid' }]);
});

describe('an account that may only be called back', () => {
  test('is called back at its number, and only there hears the password', async () => {
    const { registry, hotline, line } = callingBack(consenting);
    await block(registry, 'call-back');
    const channel = await place(hotline, keying(code));
    expect(said(channel)).toEqual(['enter-code-10', 'please-wait', 'call-back-promise', 'goodbye']);
    const spoken = spokenPassword(line.channels[0]!);
    expect(await verifyPassword(registry.accounts[0]!.passwordHash, spoken)).toBe(true);
    expect(registry.audit.map(({ outcome }) => outcome)).toEqual(['call-back', 'changed']);
  });

  test.each([
    ['when the call-back is promised', /call-back-promise/],
    ['when somebody picks up', /call-back-request/],
  ])('blocked %s, hears no password', async (_, at) => {
    const { registry, hotline, line } = callingBack((...heard) =>
      blockedAt(registry, at, consenting)(...heard),
    );
    await block(registry, 'call-back');
    await place(hotline, blockedAt(registry, at, keying(code)));
    expect(said(line.channels[0]!)).not.toContain('password-intro');
    expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
    expect(registry.audit).toMatchObject([{ outcome: 'call-back' }, { outcome: 'mismatch' }]);
  });

  test('blocked before the call-back is promised, is not called', async () => {
    const { registry, hotline, line } = callingBack(consenting);
    await block(registry, 'call-back');
    const request = registry.requestCallBack.bind(registry);
    registry.requestCallBack = async (wanted) => {
      await block(registry, 'blocked');
      return request(wanted);
    };
    expect(said(await place(hotline, keying(code)))).toContain('mismatch');
    expect(line.called).toEqual([]);
  });
});
