/** The steps that are kept of a call: what a caller heard and did, and what the database answered. */
import { CallBackOrders } from '../../src/hotline/call-back/orders.ts';
import type { Hotline } from '../../src/hotline/context.ts';
import { readSteps } from '../../src/registry/call-steps.ts';
import { FakeCallBackLine } from '../support/fakes/fake-call-back-line.ts';
import type { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import { code, hotlineWithCitizen, keying, lengths, phone } from '../support/fakes/one-citizen.ts';
import { placeScriptedCall, useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

/** The steps of every call, in the order in which they were kept: kind and detail. */
function stepsOf(registry: MemoryRegistry): string[][] {
  return [...registry.steps.values()].map((text) =>
    readSteps(text).map((step) =>
      'kind' in step ? [step.kind, step.detail].filter(Boolean).join(' ') : '...',
    ),
  );
}

const place = (hotline: Hotline, caller: Caller, more: { broken?: string[] } = {}) =>
  placeScriptedCall(hotline, { callerNumber: phone, lengths, caller, ...more });

const keys = (count: number): string[] => Array<string>(count).fill('key');

test('a reset: what was said, that keys were pressed, what the database answered, and how it ended', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  await place(hotline, keying(code));
  expect(stepsOf(registry)).toEqual([
    [
      ...['arrived reset', 'answered', 'identity asserted', 'opening admitted'],
      ...['says enter-code-10', ...keys(10), 'cut'],
      ...['code match', 'reset prepared', 'says please-wait', 'said'],
      ...['says password-intro 8 digits', 'said', 'reset activated'],
      ...['says changed 8 digits', 'said', 'says offer-reading valid-10-minutes change-at-login', 'said'],
      ...['says goodbye', 'said'],
      ...['hangs-up', 'ended changed'],
    ],
  ]);
});

test('no digit that was keyed or spoken is in them, and times never go back', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const channel = await place(hotline, keying('0912345679', code));
  const [text = ''] = registry.steps.values();
  const steps = readSteps(text);
  const words = steps.map((step) => ('kind' in step ? `${step.kind} ${step.detail}` : '')).join(' ');
  expect(words.replace(/\b8 digits|enter-code-10|valid-10-minutes/g, '')).not.toMatch(/\d/);
  // A number is a time only: of the step, or, where the database has answered, of its answer.
  const timed = steps.filter((step) => 'tookMs' in step).map((step) => 'kind' in step && step.kind);
  expect(new Set(timed)).toEqual(new Set(['opening', 'code', 'reset']));
  const times = steps.map(({ atMs }) => atMs);
  expect(times).toEqual(times.toSorted((one, other) => one - other));
  expect(channel.heard.some(({ sound }) => sound.startsWith('digits/'))).toBe(true);
});

test('a phone on hold, and a hang-up in the reading', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const readings: string[] = [];
  await place(hotline, (sound, line, index) => {
    keying(code)(sound, line, index);
    if (sound !== 'hotline/password-intro') return;
    if (readings.push(sound) === 1) {
      line.goOnHold();
      line.after(2000, () => line.takeBack());
    } else line.after(3000, () => line.hangUp());
  });
  const [steps] = stepsOf(registry);
  expect(steps!.slice(steps!.indexOf('says please-wait'))).toEqual([
    ...['says please-wait', 'said', 'says password-intro 8 digits', 'held', 'cut', 'back'],
    ...['says password-intro 8 digits', 'gone the caller hung up', 'reset voided', 'ended hung-up'],
  ]);
});

test('an unreachable database, and a PBX that plays nothing', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  registry.failNext('openCall', 'before');
  await place(hotline, () => undefined, { broken: ['hotline/enter-code-10'] });
  expect(stepsOf(registry)[0]).toEqual(
    expect.arrayContaining([
      'opening unavailable',
      'opening admitted',
      'fault PlaybackFailed',
      'ended fault',
    ]),
  );
});

test('a call-back has steps of its own, and its order is one of the call that led to it', async () => {
  const { registry, hotline } = hotlineWithCitizen();
  const line = new FakeCallBackLine(lengths, 'no answer');
  const options = { mode: 'always', perNumberDay: 3, atOnce: 1, ringMs: 1000, delayMs: 1000, line } as const;
  await place({ ...hotline, callBacks: new CallBackOrders(options) }, keying(code));
  expect(stepsOf(registry)).toEqual([
    expect.arrayContaining(['call-back ordered', 'says call-back-promise goodbye', 'ended call-back']),
    ['opening admitted', 'dials', 'ended not-answered'],
  ]);
});
