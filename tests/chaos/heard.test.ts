import type { TranscriptEntry } from '../../src/sip-caller/transcript.ts';
import { endOf, longestSilence, longestUnanswered, longestWait } from '../../tools/chaos/heard.ts';
import { boundOf, brokenBounds, experienceOf } from '../../tools/chaos/silence-bound.ts';

const heard = (name: string, atMs: number, endedAtMs: number): TranscriptEntry => ({
  kind: 'heard',
  name: `hotline/${name}`,
  atMs,
  endedAtMs,
  complete: true,
});
const keyed = (atMs: number, endedAtMs: number): TranscriptEntry => ({
  kind: 'keyed',
  atMs,
  keys: '8',
  endedAtMs,
});
const held = (atMs: number, endedAtMs?: number): TranscriptEntry => ({
  kind: 'held',
  atMs,
  ...(endedAtMs !== undefined && { endedAtMs }),
});
const ended = (atMs: number, by: 'pbx' | 'caller' | 'lost' = 'pbx'): TranscriptEntry => ({
  kind: 'ended',
  atMs,
  by,
});

test('silence after a question is the caller’s own, until a key is pressed', () => {
  expect(
    longestSilence([
      heard('menu', 0, 5000),
      keyed(11_000, 12_000),
      heard('please-wait', 12_500, 13_500),
      ended(14_000),
    ]),
  ).toBe(500);
  expect(
    longestSilence([
      heard('menu', 0, 5000),
      keyed(5000, 6000),
      heard('please-wait', 10_500, 11_500),
      ended(11_500),
    ]),
  ).toBe(4500);
});

test('silence before the first word counts, and silence after a question that nobody asks again is told apart', () => {
  expect(longestSilence([heard('menu', 3500, 5000), ended(5500)])).toBe(3500);
  expect(longestUnanswered([heard('menu', 0, 5000), ended(17_000)])).toBe(12_000);
});

test('silence after a key that was not the last is the caller’s own, for as long as the question waits', () => {
  const short = (atMs: number) => [
    heard('enter-code-10', 0, 5000),
    keyed(5000, 6000),
    heard('code-length', atMs, atMs + 2000),
    ended(atMs + 2000),
  ];
  expect(longestSilence(short(11_000))).toBe(0);
  expect(longestUnanswered(short(11_000))).toBe(5000);
});

test('a phone that takes no sound hears silence of its own, and again counts from when it takes sound', () => {
  const reading = [heard('password-intro', 0, 2000), held(2500, 20_000)];
  expect(longestSilence([...reading, heard('password-intro', 21_000, 23_000), ended(23_000)])).toBe(1000);
  expect(longestSilence([...reading, heard('password-intro', 25_000, 27_000), ended(27_000)])).toBe(5000);
  expect(longestSilence([heard('password-intro', 0, 2000), held(2500), ended(62_500)])).toBe(500);
});

test('a hold that was refused is none', () => {
  const refused: TranscriptEntry = { kind: 'held', atMs: 1000, endedAtMs: 1005, wasRefused: true };
  const call = [heard('mismatch', 0, 1000), refused, heard('enter-again', 7000, 8000)];
  expect(longestSilence([...call, keyed(9000, 9500), ended(10_000)])).toBe(500);
  const question = [heard('enter-code-10', 0, 1000), refused]; // which goes on for some seconds
  expect(longestUnanswered([...question, heard('code-silence', 14_000, 16_000), ended(16_000)])).toBe(0);
});

test('what a caller keys while the phone takes no sound begins no silence', () => {
  const keying = [heard('menu', 0, 2000), held(2500, 20_000), keyed(3000, 4000)];
  expect(longestSilence([...keying, heard('please-wait', 21_000, 23_000), ended(23_000)])).toBe(1000);
  expect(longestSilence([heard('menu', 0, 2000), held(2500), keyed(3000, 4000), ended(77_000)])).toBe(0);
  expect(longestUnanswered([heard('menu', 0, 2000), held(2500), keyed(3000, 4000), ended(77_000)])).toBe(500);
});

test('a wait lasts from the first "please wait" to the first other word', () => {
  const call = [
    heard('please-wait', 1000, 2000),
    heard('pause', 2000, 2500),
    heard('please-wait', 4000, 5000),
    heard('fault', 9000, 12_000),
    ended(13_000),
  ];
  expect(longestWait(call)).toBe(8000);
  const refused: TranscriptEntry = { kind: 'held', atMs: 6000, endedAtMs: 6005, wasRefused: true };
  expect(longestWait(call.toSpliced(3, 0, refused))).toBe(8000);
});

test('the end of a call is told by its last words and by who ended it', () => {
  const menu = heard('menu', 0, 5000);
  const changed = heard('changed', 30_000, 33_000);
  const goodbye = heard('goodbye', 40_000, 42_000);
  expect(endOf([menu, changed, goodbye, ended(42_000)], false)).toBe('served');
  expect(endOf([menu, changed, ended(35_000, 'caller')], true)).toBe('served');
  expect(endOf([menu, heard('interrupted', 6000, 9000), ended(9000)], false)).toBe('apologised');
  expect(endOf([menu, goodbye, ended(42_000)], false)).toBe('apologised');
  expect(endOf([menu, changed, ended(35_000)], false)).toBe('cut');
  expect(endOf([menu, ended(6000, 'lost')], false)).toBe('cut');
  expect(endOf([], false)).toBe('cut');
  expect(endOf([menu, ended(6000, 'caller')], true)).toBe('left');
  expect(endOf([menu, ended(130_000, 'caller')], false)).toBe('endless');
});

describe('a violation is', () => {
  const kill = { kind: 'kill', victim: 'application' } as const;
  const found = (entries: readonly TranscriptEntry[], fault: Parameters<typeof boundOf>[0] = kill) =>
    brokenBounds(entries, experienceOf(entries, false), boundOf(fault)).map(({ what }) => what);
  const apology = [heard('interrupted', 9000, 12_000), heard('goodbye', 12_000, 13_000), ended(13_000)];

  test.each<[string, readonly TranscriptEntry[], string[]]>([
    [
      'a silence above 3 s',
      [heard('please-wait', 0, 4000), ...apology],
      ['a caller was left in silence for 5.0 s'],
    ],
    [
      'a question that is followed by nothing',
      [heard('enter-code-10', 0, 4000), heard('goodbye', 15_000, 16_000), ended(16_000)],
      ['a caller who did not answer heard nothing for 11.0 s'],
    ],
    [
      'a wait above 20 s',
      [
        ...Array.from({ length: 10 }, (_, turn) => heard('please-wait', turn * 2500, turn * 2500 + 1000)),
        heard('fault', 24_000, 26_000),
        ended(26_000),
      ],
      ['a caller was asked to wait for 24.0 s'],
    ],
    ['an end without a word', [heard('menu', 0, 4000), ended(5000)], ['a call ended without a word']],
    ['a call that does not end', [heard('menu', 0, 4000), ended(5000, 'caller')], ['a call did not end']],
  ])('%s', (_, entries, expected) => {
    expect(found(entries)).toEqual(expected);
  });

  test('a silence that is longer than its bound by more than the times may be late', () => {
    const entries = [heard('please-wait', 0, 4000), ...apology];
    const late = (ms: number) =>
      brokenBounds(entries, experienceOf(entries, false), boundOf(kill), ms).length;
    expect([late(0), late(1500), late(3000)]).toEqual([1, 1, 0]);
  });

  test('nothing of this while the PBX itself is dead', () => {
    expect(found([heard('menu', 0, 4000), ended(90_000, 'lost')], { kind: 'kill', victim: 'pbx' })).toEqual(
      [],
    );
  });

  test('but a PBX that goes on is heard within 3 s', () => {
    const stop = { kind: 'stop', victim: 'pbx', ms: 4000 } as const;
    expect(found([heard('please-wait', 0, 1000), heard('goodbye', 8000, 9000), ended(9000)], stop)).toEqual(
      [],
    );
    expect(found([heard('please-wait', 0, 1000), heard('goodbye', 9000, 9500), ended(9500)], stop)).toEqual([
      'a caller was left in silence for 8.0 s',
    ]);
  });
});
