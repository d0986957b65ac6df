import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { subjectKey } from '../../src/accounts/subject-key.ts';
import type { NotAnswered } from '../../src/call/call-back-line.ts';
import type { CallerClaims } from '../../src/call/channel.ts';
import { InterruptibleChannel } from '../../src/call/interruptible-channel.ts';
import { CallBackOrders, type CallBackOptions } from '../../src/hotline/call-back/orders.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import { recoverCall } from '../../src/hotline/recover-call.ts';
import { FakeCallBackLine } from '../support/fakes/fake-call-back-line.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import {
  code,
  hotlineWithCitizen,
  keying,
  lengths,
  oldHash,
  phone,
  said,
  spokenPassword,
} from '../support/fakes/one-citizen.ts';
import { passTimeUntil, placeScriptedCall, useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

/** The carrier asserts the citizen's number, but From is another one. */
const doubtful: CallerClaims = { asserted: [phone], from: '0987654321' };
const certain: CallerClaims = { asserted: [phone], from: phone };

const pressing =
  (key: string): Caller =>
  (sound, line) => {
    if (sound === 'hotline/call-back-request') line.after(500, () => line.press(key));
  };

interface Scene {
  readonly registry: MemoryRegistry;
  readonly hotline: Hotline;
  readonly line: FakeCallBackLine;
}

function scene(person: Caller | NotAnswered, options: Partial<CallBackOptions> = {}): Scene {
  const { registry, hotline } = hotlineWithCitizen();
  const line = new FakeCallBackLine(lengths, person);
  const callBacks = new CallBackOrders({
    mode: 'risk',
    line,
    perNumberDay: 3,
    atOnce: 10,
    ringMs: 30_000,
    delayMs: 3000,
    ...options,
  });
  return { registry, hotline: { ...hotline, callBacks }, line };
}

const call = (hotline: Hotline, claims = doubtful, caller: Caller = keying(code)): Promise<FakeChannel> =>
  placeScriptedCall(hotline, { callerNumber: '', lengths, caller, rule: 'pai-required', claims });

/** Expects that the old password stays and no reset is still prepared. */
function unchanged({ registry }: Scene): void {
  expect(registry.accounts[0]!.passwordHash).toBe(oldHash);
  expect([...registry.resets.values()].filter(({ state }) => state !== 'voided')).toEqual([]);
}

test('a doubtful caller with the right code is called back at the registered number, and only there hears the password', async () => {
  const { registry, hotline, line } = scene(pressing('1'));
  const channel = await call(hotline);
  expect(said(channel)).toEqual(['enter-code-10', 'please-wait', 'call-back-promise', 'goodbye']);
  expect(line.called).toEqual(['+84912345678']);
  const [answered] = line.channels;
  expect(said(answered!).slice(0, 3)).toEqual(['call-back-request', 'call-back-greeting', 'password-intro']);
  expect(await verifyPassword(registry.accounts[0]!.passwordHash, spokenPassword(answered!))).toBe(true);
  expect(registry.audit.map(({ outcome }) => outcome)).toEqual(['call-back', 'changed']);
});

test('an officer finds both calls by the first code, whichever was keyed, and by the number: the one from a caller who only claimed the number, and the call-back to it', async () => {
  const { registry, hotline: shipped } = scene(pressing('1'));
  registry.addCode(1, '012345678901');
  const hotline = { ...shipped, script: { ...shipped.script, codeLengths: [10, 12] } };
  await call(hotline, doubtful, keying('012345678901'));
  await call(hotline, doubtful, keying('9999999999', '9999999999', '9999999999'));
  const [phoneKey, codeKey] = [
    subjectKey(hotline.hashKeys.current, 'phone', '+84912345678'),
    subjectKey(hotline.hashKeys.current, 'code', code),
  ];
  expect(registry.audit).toMatchObject([
    { outcome: 'call-back', phoneKey, codeKey },
    { outcome: 'changed', phoneKey, codeKey },
    { outcome: 'mismatch', phoneKey, codeKey: subjectKey(hotline.hashKeys.current, 'code', '9999999999') },
  ]);
});

test('neither a caller who only claims a number nor a call-back counts towards the calls that its phone may have at once', async () => {
  const { registry, hotline } = scene(pressing('1'));
  await call(hotline);
  expect(registry.audit.map(({ takesPlace }) => takesPlace)).toEqual([false, false]);
});

test('a doubtful caller with a wrong code hears a mismatch, and nobody is called', async () => {
  const { hotline, line } = scene(pressing('1'));
  const channel = await call(hotline, doubtful, keying('9999999999', '9999999999', '9999999999'));
  expect(said(channel)).toContain('mismatch');
  expect(line.called).toEqual([]);
});

test('a caller who only claims a number uses up the share for claimed numbers, and nothing of the owner', async () => {
  const { registry, hotline } = scene(pressing('1'));
  for (const codes of [
    ['9999999999', '8888888888', '7777777777'],
    ['6666666666', '5555555555', '4444444444'],
  ])
    await call(hotline, doubtful, keying(...codes));
  expect(registry.audit.map(({ outcome }) => outcome)).toEqual(['mismatch', 'limited']);
  expect(said(await call(hotline, certain))).toContain('changed');
});

test('with call-back off, a doubtful caller is refused like one who withholds the number', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const channel = await call(hotline);
  expect(said(channel)).toEqual(['no-identity', 'offer-other-ways', 'offer-operator', 'goodbye']);
  expect(registry.audit).toMatchObject([
    { outcome: 'no-identity', reason: 'From is not the number asserted' },
  ]);
});

test.each([
  ['unasserted', 'the carrier asserts no number'],
  ['unsigned', 'the call is not signed with attestation A'],
] as const)(
  'a caller whose number is %s is refused and not called back, and an officer finds the call by the number it claimed',
  async (rule, reason) => {
    const scenario = scene(pressing('1'), { mode: 'always' });
    const { registry, hotline, line } = scenario;
    const claims = { asserted: [], from: phone };
    const caller = keying(code);
    const channel = await placeScriptedCall(hotline, { callerNumber: '', lengths, caller, rule, claims });
    expect(said(channel)).toEqual(['no-identity', 'offer-other-ways', 'offer-operator', 'goodbye']);
    expect(line.called).toEqual([]);
    const phoneKey = subjectKey(hotline.hashKeys.current, 'phone', '+84912345678');
    expect(registry.audit).toMatchObject([
      { outcome: 'no-identity', reason, phoneKey, maskedPhone: '+84***5678', takesPlace: false },
    ]);
    unchanged(scenario);
  },
);

test('with call-back set to always, even a certain caller is called back', async () => {
  const always = scene(pressing('1'), { mode: 'always' });
  expect(said(await call(always.hotline, certain))).toContain('call-back-promise');
  expect(always.line.called).toHaveLength(1);
  const risk = scene(pressing('1'));
  expect(said(await call(risk.hotline, certain))).not.toContain('call-back-promise');
  expect(risk.line.called).toEqual([]);
});

test.each<NotAnswered>(['busy', 'no answer', 'failed'])(
  'a phone that is not answered (%s) changes nothing',
  async (why) => {
    const it = scene(why);
    await call(it.hotline);
    expect(it.registry.audit).toMatchObject([
      { outcome: 'call-back' },
      { outcome: 'not-answered', reason: why },
    ]);
    unchanged(it);
  },
);

test.each([
  ['another key', pressing('2'), 'another key was pressed'],
  ['#', pressing('#'), 'another key was pressed'],
  ['no key', () => undefined, 'no key was pressed'],
])('a person who presses %s hears no more than the request', async (_title, person, reason) => {
  const it = scene(person);
  await call(it.hotline);
  expect(new Set(said(it.line.channels[0]!))).toEqual(new Set(['call-back-request']));
  expect(it.registry.audit).toMatchObject([{ outcome: 'call-back' }, { outcome: 'not-answered', reason }]);
  unchanged(it);
});

test('a database that is unreachable when the call is promised and back when the phone rings: the promise is kept, and has its row', async () => {
  const it = scene(pressing('1'));
  await call(it.hotline, doubtful, (sound, line, index) => {
    if (sound === 'hotline/call-back-promise') it.registry.failNext('openCall', 'before');
    keying(code)(sound, line, index);
  });
  expect(it.line.called).toEqual(['+84912345678']);
  expect(it.registry.audit.map(({ outcome }) => outcome)).toEqual(['call-back', 'changed']);
});

test('a database that is unreachable when the key is pressed: an apology, and nothing changes', async () => {
  const it = scene(pressing('1'));
  it.registry.stayAway('before', 'prepareReset');
  await call(it.hotline);
  expect(said(it.line.channels[0]!)).toEqual([
    'call-back-request',
    'please-wait',
    'please-wait',
    'please-wait',
    'please-wait',
    'fault',
  ]);
  expect(it.registry.audit).toMatchObject([
    { outcome: 'call-back' },
    { outcome: 'fault', reason: 'the database is away' },
  ]);
  unchanged(it);
});

test('a reset that was prepared and its answer lost is superseded by another: the password that is read out works', async () => {
  const it = scene(pressing('1'));
  it.registry.failNext('prepareReset', 'after-commit');
  await call(it.hotline);
  const spoken = spokenPassword(it.line.channels[0]!);
  expect(await verifyPassword(it.registry.accounts[0]!.passwordHash, spoken)).toBe(true);
  expect([...it.registry.resets.values()].map(({ state }) => state)).toEqual(['voided', 'activated']);
});

test('a person who is called back may hang up at any sound: before the change is stored the old password stays, after it the new one works', async () => {
  for (let index = 0; ; index++) {
    let reached = false;
    const it = scene((sound, line, at) => {
      pressing('1')(sound, line, at);
      if (at === index) reached = true;
      if (at === index) line.hangUp();
    });
    await call(it.hotline);
    if (!reached) break;
    const { outcome } = it.registry.audit[1]!;
    if (outcome === 'changed')
      expect(
        await verifyPassword(it.registry.accounts[0]!.passwordHash, spokenPassword(it.line.channels[0]!)),
      ).toBe(true);
    else unchanged(it);
    expect(it.registry.audit).toHaveLength(2);
  }
});

test('no more call-backs are promised at once than there are lines for', async () => {
  const it = scene('no answer', { atOnce: 1 });
  const [first, second] = await Promise.all([call(it.hotline), call(it.hotline)]);
  expect(it.line.called).toHaveLength(1);
  expect(it.registry.audit.map(({ outcome }) => outcome).sort()).toEqual([
    'call-back',
    'limited',
    'not-answered',
  ]);
  // Whoever was second hears that we are busy, not that they have asked too often.
  expect([said(first), said(second)].map((heard) => heard[2]).sort()).toEqual(['busy', 'call-back-promise']);
  await call(it.hotline); // the line is free again
  expect(it.line.called).toHaveLength(2);
});

test('a promise whose order was recorded and its answer lost is made after "please wait", and counts once', async () => {
  const it = scene(pressing('1'), { perNumberDay: 1 });
  it.registry.failNext('requestCallBack', 'after-commit');
  expect(said(await call(it.hotline)).slice(-3)).toEqual(['please-wait', 'call-back-promise', 'goodbye']);
  expect(it.line.called).toEqual(['+84912345678']);
});

test('a caller whose account has another number by now hears a mismatch, and nobody is called', async () => {
  const it = scene(pressing('1'));
  it.registry.requestCallBack = () => Promise.resolve('moved');
  expect(said(await call(it.hotline))).toContain('mismatch');
  expect(it.line.called).toEqual([]);
  expect(it.registry.audit).toMatchObject([{ outcome: 'mismatch' }]);
});

test('a number is called back only so often a day', async () => {
  const it = scene('busy', { perNumberDay: 2 });
  await call(it.hotline);
  await call(it.hotline);
  expect(said(await call(it.hotline))).toContain('try-later');
  expect(it.line.called).toHaveLength(2);
});

test('a code over its limit: its owner is called back, and a stranger hears a mismatch', async () => {
  const it = scene(pressing('1'));
  for (let entry = 0; entry < 10; entry++) {
    const number = `091234560${entry}`;
    await call(it.hotline, { asserted: [number], from: number }, keying(code));
  }
  const stranger = await call(it.hotline, { asserted: ['0912345699'], from: '0912345699' }, keying(code));
  expect(said(stranger).slice(0, 3)).toEqual(['enter-code-10', 'please-wait', 'mismatch']);
  expect(it.line.called).toEqual([]);
  const owner = await call(it.hotline, certain);
  expect(said(owner)).toContain('call-back-promise');
  expect(
    await verifyPassword(it.registry.accounts[0]!.passwordHash, spokenPassword(it.line.channels[0]!)),
  ).toBe(true);
  const off = { ...it.hotline, callBacks: null };
  expect(said(await call(off, certain))).toContain('mismatch');
});

test('a call-back interrupted by the death of its process is released without a word', async () => {
  const it = scene(pressing('1'));
  const channel = new FakeChannel({ id: 'call-back-3c9e', lengths });
  await passTimeUntil(
    recoverCall(channel, it.hotline, Promise.resolve()).then(() => it.hotline.ledger.flush()),
  );
  expect(said(channel)).toEqual([]);
  expect(channel.hungUpBy).toBe('application');
  expect(it.registry.audit).toMatchObject([{ outcome: 'interrupted' }]);
});

test('a call-back that is cut by a drain is interrupted, as any call is, and changes nothing', async () => {
  const it = scene((sound, line) => {
    if (sound === 'hotline/call-back-request') line.after(500, () => line.press('1'));
  });
  const dial = it.line.dial.bind(it.line);
  it.line.dial = async (number, options) => {
    const answered = await dial(number, options);
    if (typeof answered === 'string') return answered;
    const line = new InterruptibleChannel(answered);
    answered.whenHeard(({ sound }) => sound === 'hotline/password-intro' && line.cut([]));
    return line as unknown as FakeChannel;
  };
  await call(it.hotline);
  expect(it.registry.audit).toMatchObject([
    { outcome: 'call-back' },
    { outcome: 'interrupted', reason: 'cut: the application was stopping' },
  ]);
  unchanged(it);
});
