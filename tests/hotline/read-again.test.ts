/** From the second reading to goodbye: the caller may have the password read twice more, slowly. */
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { CallCut, InterruptibleChannel } from '../../src/call/interruptible-channel.ts';
import { soundOf, type Utterance } from '../../src/call/prompts.ts';
import { CallBackOrders } from '../../src/hotline/call-back/orders.ts';
import { waitMs } from '../../src/hotline/read-again.ts';
import { takeCall } from '../../src/hotline/take-call.ts';
import { callSettings } from '../../src/settings/call.ts';
import { reset } from '../support/fakes/branches.ts';
import { readFourTimes } from '../support/fakes/call-paths.ts';
import { FakeCallBackLine } from '../support/fakes/fake-call-back-line.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import {
  code,
  hotlineWithCitizen,
  keying,
  lengths,
  phone,
  place,
  pressing,
  said,
  spokenPassword,
} from '../support/fakes/one-citizen.ts';
import { passTimeUntil, useFakeTime } from '../support/fakes/scripted-call.ts';
import { putOnLine } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

const offer = ['offer-reading', 'valid-10-minutes', 'change-at-login'];

/** What is said after the password has changed, with P for a reading of it. */
const saidAfterChange = (channel: FakeChannel): string[] => {
  const heard = said(channel);
  return heard.slice(heard.indexOf('changed')).map((name) => (name === spokenPassword(channel) ? 'P' : name));
};

/** The spans of silence between what is said, from the change on, ms. */
function silences({ heard }: FakeChannel): number[] {
  const spoken = heard.filter(({ sound }) => !/pause|silence/.test(sound));
  const from = spoken.findIndex(({ sound }) => sound === 'hotline/changed');
  return spoken
    .slice(from)
    .flatMap(({ sound, atMs }, index, all) =>
      index + 1 < all.length ? [all[index + 1]!.atMs - atMs - lengths.get(sound)!] : [],
    );
}

/** From the first digit of each reading to its last, ms. */
function readingsMs({ heard }: FakeChannel): number[] {
  const digits = heard.filter(({ sound }) => sound.startsWith('digits/'));
  return Array.from({ length: digits.length / 8 }, (_, n) => digits[8 * n + 7]!.atMs - digits[8 * n]!.atMs);
}

test('a caller who presses nothing after the second reading hears goodbye within 3 s', async () => {
  const { hotline } = hotlineWithCitizen();
  const channel = await place(hotline, keying(code));
  expect(saidAfterChange(channel)).toEqual(['changed', 'P', ...offer, 'goodbye']);
  expect(Math.max(...silences(channel))).toBeLessThanOrEqual(3000);
});

test.each([
  ['offer-reading', 100],
  ['valid-10-minutes', 500],
  ['change-at-login', 500],
  ['change-at-login', lengths.get('hotline/change-at-login')! + waitMs.afterSecond - 100],
] as const)(
  'a caller who presses 1 at %s, or %i ms after it begins, hears the rest and then the password again',
  async (prompt, ms) => {
    const { hotline } = hotlineWithCitizen();
    const channel = await place(hotline, (sound, line, index) => {
      keying(code)(sound, line, index);
      if (sound === `hotline/${prompt}`) line.after(ms, () => line.press('1'));
    });
    expect(saidAfterChange(channel).slice(0, 7)).toEqual(['changed', 'P', ...offer, 'P', 'offer-reading']);
  },
);

test('the password is read four times at most, the last two more slowly, and never after a silence of 3 s', async () => {
  const { hotline } = hotlineWithCitizen();
  const channel = await place(hotline, readFourTimes.caller());
  expect(saidAfterChange(channel)).toEqual(['changed', 'P', ...offer, 'P', 'offer-reading', 'P', 'goodbye']);
  const [first, second, third, fourth] = readingsMs(channel);
  // The digits are as long as before; seven pauses between them and two between groups are twice as long.
  const pauseMs = lengths.get('hotline/pause')!;
  expect([second, third, fourth]).toEqual([first, first! + 9 * pauseMs, first! + 9 * pauseMs]);
  expect(Math.max(...silences(channel))).toBeLessThanOrEqual(3000);
});

test('a caller who presses 1 as late as during goodbye hears the password again, as often as any other', async () => {
  const { hotline } = hotlineWithCitizen();
  const channel = await place(hotline, pressing('1', 'goodbye', keying(code)));
  const late = ['goodbye', 'P', 'offer-reading', 'goodbye', 'P', 'goodbye'];
  expect(saidAfterChange(channel)).toEqual(['changed', 'P', ...offer, ...late]);
});

test('a caller who does not press 1 again after the third reading hears goodbye within 3 s', async () => {
  const { hotline } = hotlineWithCitizen();
  const channel = await place(hotline, pressing('1', 'change-at-login', keying(code)));
  expect(saidAfterChange(channel)).toEqual(['changed', 'P', ...offer, 'P', 'offer-reading', 'goodbye']);
  expect(Math.max(...silences(channel))).toBeLessThanOrEqual(3000);
});

test('no other key cuts anything short or has it read again, and neither does a 1 before it is offered', async () => {
  const { hotline } = hotlineWithCitizen();
  const channel = await place(hotline, (sound, line, index) => {
    keying(code)(sound, line, index);
    if (sound.startsWith('digits/') || sound === 'hotline/changed') line.press('1');
    if (/offer-reading|valid|change-at|goodbye/.test(sound)) line.after(300, () => line.press('023456789*#'));
  });
  expect(saidAfterChange(channel)).toEqual(['changed', 'P', ...offer, 'goodbye']);
  const spoken = channel.heard.slice(channel.heard.findIndex(({ sound }) => sound === 'hotline/changed'));
  expect(spoken.filter(({ sound, complete }) => sound !== 'hotline/silence' && !complete)).toEqual([]);
});

test('a fault in a third reading says nothing of the change, which is made and recorded as heard', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const channel = new FakeChannel({ callerNumber: phone, lengths });
  putOnLine(channel, readFourTimes.caller());
  channel.whenHeard(({ sound }) => {
    if (sound === 'hotline/change-at-login') channel.broken.add(`digits/${spokenPassword(channel)[4]}`);
  });
  await passTimeUntil(takeCall(channel, hotline, reset, 'asserted').then(() => hotline.ledger.flush()));
  expect(said(channel).slice(-3)).toEqual(['interrupted', 'offer-operator', 'goodbye']);
  expect(said(channel)).not.toContain('fault');
  expect(registry.audit).toMatchObject([{ outcome: 'changed', reason: 'heard, then stored' }]);
  expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(channel))).toBe(true);
});

test('a call that is cut in a third reading, because the application stops, has changed the password', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const channel = new FakeChannel({ callerNumber: phone, lengths });
  const line = new InterruptibleChannel(channel);
  putOnLine(channel, readFourTimes.caller());
  channel.whenHeard(({ sound }) => {
    if (sound.startsWith('digits/') && said(channel).includes('offer-reading'))
      line.cut(['hotline/interrupted', 'hotline/goodbye']);
  });
  await passTimeUntil(takeCall(line, hotline, reset, 'asserted').then(() => hotline.ledger.flush()));
  expect(line.gone.reason).toBeInstanceOf(CallCut);
  expect(said(channel).slice(-2)).toEqual(['interrupted', 'goodbye']);
  expect(registry.audit).toMatchObject([{ outcome: 'changed' }]);
});

test('a person who was called back can have it read again too', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const person = pressing(
    '1',
    'call-back-request',
    pressing('1', 'offer-reading', () => undefined),
  );
  const line = new FakeCallBackLine(lengths, person);
  const options = {
    mode: 'always',
    perNumberDay: 3,
    atOnce: 1,
    ringMs: 30_000,
    delayMs: 3000,
    line,
  } as const;
  await place({ ...hotline, callBacks: new CallBackOrders(options) }, keying(code));
  const [answered] = line.channels;
  expect(saidAfterChange(answered!).filter((name) => name === 'P')).toHaveLength(3);
  expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(answered!))).toBe(true);
});

/** Every value that the setting takes. */
const allowedMinutes = Array.from({ length: 2000 }, (_, minutes) => minutes).filter(
  (minutes) => callSettings.PASSWORD_VALID_MINUTES.schema.safeParse(String(minutes)).success,
);

test('a password is valid for as long as is said, counted from when it is said', async () => {
  expect(allowedMinutes).toEqual([0, 5, 10, 30, 60, 1440]);
  for (const passwordValidMinutes of allowedMinutes) {
    const { registry, hotline } = hotlineWithCitizen();
    const speechMs = (sentence: readonly Utterance[]) =>
      sentence.reduce((sum, utterance) => sum + lengths.get(soundOf(utterance))!, 0);
    const script = { ...hotline.script, passwordValidMinutes, speechMs };
    const channel = await place({ ...hotline, script }, keying(code));
    const announced = channel.heard.filter(({ sound }) => sound.startsWith('hotline/valid-'));
    const [account] = registry.accounts;
    if (passwordValidMinutes === 0) {
      expect([announced, account!.passwordExpiresAt]).toEqual([[], null]);
      continue;
    }
    const sound = `hotline/valid-${passwordValidMinutes}-minutes`;
    expect(announced.map((each) => each.sound)).toEqual([sound]);
    const toldAt = announced[0]!.atMs + lengths.get(sound)!;
    const validMs = account!.passwordExpiresAt! - toldAt;
    expect(Math.abs(validMs - passwordValidMinutes * 60_000)).toBeLessThan(1000);
  }
});
