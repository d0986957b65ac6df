/** What callers can hear whom this call cannot help: how else a password can be had. */
import { shippedLimits } from '../../src/accounts/limits.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import type { FakeChannel } from '../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import {
  backAtApology,
  code,
  afterMatch,
  hotlineWithCitizen,
  keying,
  phone,
  place,
  said,
} from '../support/fakes/one-citizen.ts';
import { useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

const otherWays = ['other-ways-online', 'other-ways-forms', 'offer-operator'];
const firstOffer = ['offer-other-ways', 'offer-operator'];

/** As `caller`; presses these keys at the first, second and further offers. */
const choosing = (caller: Caller, ...keys: string[]): Caller => {
  const left = [...keys];
  return (sound, line, index) => {
    caller(sound, line, index);
    if (sound === 'hotline/offer-operator') line.after(300, () => line.press(left.shift() ?? ''));
  };
};

/** The situations that other ways are offered in; an account that is blocked after its match sounds like a mismatch. */
const situations: [string, (caller: (codes: Caller) => Caller) => Promise<Refused>][] = [
  ['no identity', async (caller) => refused(hotlineWithCitizen(), caller(keying()), '')],
  [
    'three mismatches',
    async (caller) => refused(hotlineWithCitizen(), caller(keying('9999999999', '8888888888', '7777777777'))),
  ],
  ['three wrong lengths', async (caller) => refused(hotlineWithCitizen(), caller(keying('1#', '2#', '3#')))],
  [
    'a match of an account that is blocked meanwhile',
    async (caller) => refused(blockedAtMatch(), caller(keying(code))),
  ],
];

function blockedAtMatch(): ReturnType<typeof hotlineWithCitizen> {
  const { registry, hotline } = hotlineWithCitizen();
  const block = { bhxhCode: code, reason: 'stolen SIM', user: 'lan', codeKey: '', seen: null };
  afterMatch(registry, () => registry.setBlock({ ...block, state: 'blocked' }));
  return { registry, hotline };
}

interface Refused {
  readonly channel: FakeChannel;
  readonly registry: MemoryRegistry;
}

async function refused(
  { hotline, registry }: ReturnType<typeof hotlineWithCitizen>,
  caller: Caller,
  callerNumber = phone,
): Promise<Refused> {
  return { channel: await place(hotline, caller, callerNumber), registry };
}

describe.each(situations)('after %s a caller', (_, call) => {
  test('is offered other ways by 1, hears them, then the offer once more, and goodbye', async () => {
    const { channel } = await call((codes) => choosing(codes, '1', '1'));
    const end = [...firstOffer, ...otherWays, 'goodbye'];
    expect(said(channel).slice(-end.length)).toEqual(end);
    expect(channel.exitedTo).toBeUndefined();
  });

  test('who presses nothing hears goodbye', async () => {
    const { channel } = await call((codes) => choosing(codes));
    expect(said(channel).slice(-3)).toEqual([...firstOffer, 'goodbye']);
  });

  test('reaches the operator by 0, before the other ways or after them', async () => {
    for (const keys of [['0'], ['1', '0']]) {
      const { channel } = await call((codes) => choosing(codes, ...keys));
      expect(channel.exitedTo).toBe('operator');
      expect(said(channel).at(-1)).toBe('offer-operator');
    }
  });

  test('leaves the same row, whatever is chosen', async () => {
    const rows = [];
    for (const keys of [[], ['1'], ['0'], ['1', '0']]) {
      const { registry } = await call((codes) => choosing(codes, ...keys));
      rows.push(...registry.audit.map(({ outcome, reason }) => `${outcome}: ${reason}`));
    }
    expect(rows).toHaveLength(4);
    expect(new Set(rows).size).toBe(1);
  });
});

test('0 reaches the operator from the middle of the other ways, and no other key cuts them short', async () => {
  const { hotline } = hotlineWithCitizen();
  const channel = await place(
    hotline,
    (sound, line) => {
      if (sound === 'hotline/offer-other-ways') line.after(300, () => line.press('1'));
      if (sound === 'hotline/other-ways-online') line.after(300, () => line.press('1289*#'));
      if (sound === 'hotline/other-ways-forms') line.after(300, () => line.press('0'));
    },
    '',
  );
  expect(channel.exitedTo).toBe('operator');
  expect(said(channel)).toEqual(['no-identity', 'offer-other-ways', 'other-ways-online', 'other-ways-forms']);
  const online = channel.heard.find(({ sound }) => sound === 'hotline/other-ways-online');
  expect(online?.complete).toBe(true);
});

test('a code keyed ahead of the reason, with a 1 in it, does not ask for the other ways', async () => {
  const { hotline } = hotlineWithCitizen();
  const channel = await place(
    hotline,
    (sound, line) => {
      if (sound === 'hotline/no-identity') line.after(300, () => line.press(code));
    },
    '',
  );
  expect(said(channel)).toEqual(['no-identity', ...firstOffer, 'goodbye']);
});

describe('1 does nothing, and other ways are not offered,', () => {
  const told = async (hotline: Hotline, caller: Caller = keying(code)) =>
    said(await place(hotline, choosing(caller, '1')));

  test('after a fault', async () => {
    const { registry, hotline } = hotlineWithCitizen();
    registry.stayAway('before', 'checkAttempt');
    const heard = await told(hotline, backAtApology(registry, keying(code)));
    expect(heard.slice(-3)).toEqual(['fault', 'offer-operator', 'goodbye']);
  });

  test('over a limit of the account, of the phone, and of its calls at once', async () => {
    for (const [limit, reason] of [
      ['resetsPerAccountDay', 'try-later'],
      ['mismatchesPerPhoneHour', 'try-later'],
      ['callsPerPhone', 'busy'],
    ] as const) {
      const { hotline } = hotlineWithCitizen({ ...shippedLimits, [limit]: 0 });
      expect((await told(hotline)).slice(-3)).toEqual([reason, 'offer-operator', 'goodbye']);
    }
  });
});
