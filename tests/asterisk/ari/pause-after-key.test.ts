import { jest } from '@jest/globals';
import { PauseAfterKey } from '../../../src/asterisk/ari/pause-after-key.ts';

const sentence = ['hotline/pause', 'hotline/please-wait'];
let pause: PauseAfterKey;
beforeEach(() => {
  jest.useFakeTimers();
  pause = new PauseAfterKey();
});
afterEach(() => jest.useRealTimers());

test.each([
  ['at once', 0, 0, 20],
  ['after 3 ms on the way, and as long for the request', 3, 0, 30],
  ['after 3 ms on the way and 17 here', 3, 17, 50],
  ['after 250 ms on the way: not the whole pause', 250, 0, 100],
  ['by a clock that is ahead of ours', -5, 0, 20],
  ['by a clock that is far behind', 86_400_000, 0, 20],
])('what was late is left out of the pause: a key told %s', (_, wayMs, hereMs, offsetMs) => {
  pause.noteKey(Date.now() - wayMs);
  jest.advanceTimersByTime(hereMs);
  expect(pause.offset(sentence)).toEqual({ offsetms: offsetMs });
});

test('a pause that follows no key, or a key of long ago, is whole, and so is every word', () => {
  expect(pause.offset(sentence)).toEqual({});
  pause.noteKey(Date.now() - 3);
  expect(pause.offset(['hotline/please-wait'])).toEqual({});
  expect(pause.offset([])).toEqual({});
  jest.advanceTimersByTime(2500);
  expect(pause.offset(sentence)).toEqual({});
});
