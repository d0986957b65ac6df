import { jest } from '@jest/globals';
import type { DtmfEvent } from '../../../src/asterisk/ari/ari-events.ts';
import { DigitQueue } from '../../../src/asterisk/ari/digit-queue.ts';

afterEach(() => void jest.restoreAllMocks());

/** Keys as `digit@ms`, each a tone of 40 ms; from `playingFromMs` on, a file is playing. */
function keysHeard(events: string, playingFromMs = Infinity): string {
  const queue = new DigitQueue();
  let keys = '';
  queue.listen((digit) => (keys += digit));
  for (const event of events.split(' ')) {
    const [digit, at] = event.split('@') as [string, string];
    queue.push(
      { type: 'ChannelDtmfReceived', digit, timestamp: Number(at), duration_ms: 40 } as DtmfEvent,
      Number(at) >= playingFromMs,
    );
  }
  return keys;
}

// Recorded from Asterisk 22.10.1: ten keys of 40 ms, 40 ms apart, before anything is played.
test.each([
  ['0000111122', '0@0 0@80 0@85 0@160 0@170 0@240 1@320 1@400 1@479 1@559 2@639 2@718', 231],
  ['1111111111', '1@0 1@81 1@85 1@160 1@171 1@241 1@321 1@401 1@480 1@560 1@641 1@721', 229],
  ['1788793064', '1@0 7@78 7@86 8@159 8@172 8@240 7@320 9@399 3@479 0@560 6@640 4@720', 223],
])(
  'Asterisk reports some quick keys twice before the first playback: %s comes through as keyed',
  (keyed, events, playingFromMs) => {
    expect(keysHeard(events, playingFromMs)).toBe(keyed);
  },
);

test('a key pressed twice at any speed a person reaches counts twice', () => {
  expect(keysHeard('5@0 5@80 5@160 5@1000')).toBe('5555');
});

test.each([
  ['two keys come nearer', '5@0 5@60 5@105', '555'],
  ['an echo comes later', '5@0 5@80 5@110 5@160 5@195', '555'],
])('a machine that is late by a packet or two loses no key and doubles none: %s', (_title, events, keys) => {
  expect(keysHeard(events)).toBe(keys);
});

test.each([
  ['an echo that is read late', '5', { sentAtMs: 6, readAtMs: 250 }],
  ['a second key that is read together with the first', '55', { sentAtMs: 80, readAtMs: 0 }],
  ['a second key, the clock of Asterisk stepped back meanwhile', '55', { sentAtMs: -400, readAtMs: 100 }],
])('%s', (_title, keys, { sentAtMs, readAtMs }) => {
  const now = jest.spyOn(performance, 'now').mockReturnValue(0);
  const queue = new DigitQueue();
  let heard = '';
  queue.listen((digit) => (heard += digit));
  const event = { type: 'ChannelDtmfReceived', digit: '5', timestamp: 0, duration_ms: 80 } as DtmfEvent;
  queue.push(event, false);
  now.mockReturnValue(readAtMs);
  queue.push({ ...event, timestamp: sentAtMs }, false);
  expect(heard).toBe(keys);
});

test('while a file plays, no key counts as an echo, however close jitter brings two keys', () => {
  expect(keysHeard('5@0 5@40 5@60', 0)).toBe('555');
});

test('keys that come before anybody listens are kept, and given to the first listener only', () => {
  const queue = new DigitQueue();
  const event = { type: 'ChannelDtmfReceived', timestamp: 0, duration_ms: 80 } as DtmfEvent;
  queue.push({ ...event, digit: '1' }, true);
  queue.push({ ...event, digit: '2' }, true);
  const first: string[] = [];
  const second: string[] = [];
  const removeFirst = queue.listen((digit) => first.push(digit));
  queue.listen((digit) => second.push(digit));
  queue.push({ ...event, digit: '3' }, true);
  removeFirst();
  queue.push({ ...event, digit: '4' }, true);
  expect([first, second]).toEqual([
    ['1', '2', '3'],
    ['3', '4'],
  ]);
});
