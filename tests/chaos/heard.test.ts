import type { TranscriptEntry } from '../../src/sip-caller/transcript.ts';
import { longestWait, longestSilence, waitedTooLong } from '../../tools/chaos/heard.ts';

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
const ended = (atMs: number): TranscriptEntry => ({ kind: 'ended', atMs, by: 'pbx' });

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

test('a hold lasts from the first "please wait" to the first other word', () => {
  const call = [
    heard('please-wait', 1000, 2000),
    heard('pause', 2000, 2500),
    heard('please-wait', 4000, 5000),
    heard('fault', 9000, 12_000),
    ended(13_000),
  ];
  expect(longestWait(call)).toBe(8000);
  expect(waitedTooLong(call)).toEqual([
    expect.objectContaining({ what: 'a caller was left in silence for 4000 ms' }),
  ]);
  expect(
    waitedTooLong([heard('please-wait', 1000, 22_000), heard('fault', 22_000, 25_000), ended(25_500)]),
  ).toEqual([expect.objectContaining({ what: 'a caller waited for the database for 21000 ms' })]);
});
