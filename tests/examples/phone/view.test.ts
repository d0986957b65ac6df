import { renderPart } from '../../../src/console/html.ts';
import { endOf } from '../../../examples/phone/call-end.ts';
import { clockOf, costOf } from '../../../examples/phone/cost.ts';
import { renderPhone, type PhoneState } from '../../../examples/phone/view.ts';
import { wordsOf } from '../../../examples/phone/words.ts';
import { textOf } from '../../support/console/browse.ts';

const nothing = () => undefined;
const acts = { call: nothing, hangUp: nothing, press: nothing, choose: nothing, setVolume: nothing };
const settings = {
  callers: [
    { user: 'browser-1', phone: '0912345678', codes: ['0123456789'] },
    { user: 'browser-withheld', phone: null, codes: [] },
  ],
  texts: { 'hotline/menu': 'Kính chào quý khách.' },
  hasLogin: true,
};
const idle: PhoneState = {
  ...{ status: 'idle', end: 'you', user: 'browser-1', talkedMs: 0, captions: [] },
  ...{ microphone: 'asked', volume: 80, canCaption: true },
};
const shown = (changes: Partial<PhoneState>, language: 'vi' | 'en' = 'en') =>
  renderPart(renderPhone({ ...idle, ...changes }, settings, wordsOf(language), acts));

test.each([
  [0, 0],
  [1, 1000],
  [60_000, 1000],
  [60_001, 2000],
])('%d ms cost %d VND', (talkedMs, dong) => {
  expect(costOf(talkedMs)).toBe(dong);
});

test('time and cost stand side by side, in the form of the language', () => {
  expect(clockOf(62_345)).toBe('1:02');
  expect(textOf(shown({ talkedMs: 62_345 }))).toMatch(/Time 1:02 Cost 2,000 VND/);
  expect(textOf(shown({ talkedMs: 62_345 }, 'vi'))).toMatch(/Thời gian 1:02 Cước 2\.000 đ/);
});

test('below who calls stand the codes of that phone', () => {
  expect(textOf(shown({}))).toContain('Code to key: 0123456789');
  expect(textOf(shown({ user: 'browser-withheld' }))).toContain('No code matches a call without a number.');
});

test('captions say in words what was heard and keyed', () => {
  const captions: PhoneState['captions'] = [
    { kind: 'prompt', text: 'hotline/menu', isCutOff: true },
    { kind: 'keyed', text: '8' },
    { kind: 'digits', text: '042' },
    { kind: 'prompt', text: 'hotline/of-a-branch-of-yours' },
  ];
  const text = textOf(shown({ captions }));
  for (const line of [
    '«Kính chào quý khách.» (cut off)',
    'You keyed 8',
    'reads digits: 0 4 2',
    '«hotline/of-a-branch-of-yours»',
  ])
    expect(text).toContain(line);
});

test('who calls can be chosen only while there is no call, and keys only be pressed in one', () => {
  const disabled = (body: string) =>
    [
      /<select[^>]*disabled/,
      /id="call"[^>]*aria-disabled="true"/,
      /id="hang-up"[^>]*aria-disabled="true"/,
      /aria-label="star"[^>]*aria-disabled="true"/,
    ].map((pattern) => pattern.test(body));
  expect(disabled(shown({}))).toEqual([false, false, true, true]);
  expect(disabled(shown({ status: 'calling' }))).toEqual([true, true, false, true]);
  expect(disabled(shown({ status: 'talking' }))).toEqual([true, true, false, false]);
});

test.each([
  ['local', 'Terminated', 'You have hung up.'],
  ['remote', 'Terminated', 'The hotline has hung up.'],
  ['local', 'Canceled', 'You have hung up.'],
  ['remote', 'Busy', 'The hotline is busy'],
  ['local', 'RTP Timeout', 'No sound came through.'],
  ['remote', 'Authentication Error', 'Asterisk refused the call.'],
  ['remote', 'Internal Error', 'The call failed.'],
])('a call that ended by %s, «%s», says so: %s', (originator, cause, words) => {
  expect(textOf(shown({ status: 'ended', end: endOf(originator, cause) }))).toContain(words);
});

test('after a call in which a password may have been heard the page leads to the login, in its language', () => {
  const linkIn = (body: string) => /<a id="login" href="([^"]*)" target="_blank"/.exec(body)?.[1];
  const heard: Partial<PhoneState> = { status: 'ended', captions: [{ kind: 'digits', text: '04295183' }] };
  expect(linkIn(shown(heard, 'vi'))).toBe('/login');
  expect(linkIn(shown(heard))).toBe('/login?lang=en');
  expect(linkIn(shown({ status: 'ended', canCaption: false }))).toBe('/login?lang=en');
  const without = { ...settings, hasLogin: false };
  const bodies = [
    shown({ status: 'ended', captions: [{ kind: 'prompt', text: 'hotline/menu' }] }),
    shown({ ...heard, status: 'talking' }),
    renderPart(renderPhone({ ...idle, ...heard }, without, wordsOf('en'), acts)),
  ];
  expect(bodies.map(linkIn)).toEqual([undefined, undefined, undefined]);
});

test('without a microphone, or captions, the page says what still works', () => {
  expect(textOf(shown({ microphone: 'refused' }))).toContain('may not use the microphone. The call goes on');
  expect(textOf(shown({ microphone: 'missing' }))).toContain('has no microphone. The call goes on');
  expect(textOf(shown({ canCaption: false }))).toContain('there are no captions. Calls work.');
});
