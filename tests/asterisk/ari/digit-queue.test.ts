import type { DtmfEvent } from '../../../src/asterisk/ari/ari-events.ts';
import { DigitQueue } from '../../../src/asterisk/ari/digit-queue.ts';
import { Dice } from '../../../src/simulation/dice.ts';
import { reportsOf, type KeyedAhead, type Report } from '../../support/fakes/dtmf-reader.ts';

/** Keys as `digit@ms`, each a tone of `toneMs`; from `playingFromMs` on, a file is playing. */
function keysHeard(events: string, playingFromMs = Infinity, toneMs = 40): string {
  const queue = new DigitQueue();
  let keys = '';
  queue.listen((digit) => (keys += digit));
  for (const event of events.split(' ')) {
    const [digit, at] = event.split('@') as [string, string];
    queue.push(
      { type: 'ChannelDtmfReceived', digit, timestamp: Number(at), duration_ms: toneMs } as DtmfEvent,
      Number(at) >= playingFromMs,
    );
  }
  return keys;
}

// Recorded from Asterisk 22.10.1: ten keys of 40 ms, 40 ms apart, before anything is played.
const recorded: [keys: string, events: string, playingFromMs: number][] = [
  ['0000111122', '0@0 0@80 0@85 0@160 0@170 0@240 1@320 1@400 1@479 1@559 2@639 2@718', 231],
  ['1111111111', '1@0 1@81 1@85 1@160 1@171 1@241 1@321 1@401 1@480 1@560 1@641 1@721', 229],
  ['1788793064', '1@0 7@78 7@86 8@159 8@172 8@240 7@320 9@399 3@479 0@560 6@640 4@720', 223],
];

test.each(recorded)(
  'Asterisk reports some quick keys twice before the first playback: %s comes through as keyed',
  (keys, events, playingFromMs) => {
    expect(keysHeard(events, playingFromMs)).toBe(keys);
  },
);

describe('keys that Asterisk reads late, all at once, because it was held up', () => {
  test.each(recorded)('(the model reports %s as Asterisk did)', (keys, events, playingFromMs) => {
    const quick = { keys, toneMs: 40, pauseMs: 40, fromMs: -20, chosenAtMs: -1000, playingFromMs };
    const reports = reportsOf(quick).map(({ event }) => event);
    const expected = events.split(' ').map((each) => each.split('@'));
    expect(reports.map(({ digit }) => digit)).toEqual(expected.map(([digit]) => digit));
    for (const [index, { timestamp }] of reports.entries())
      expect(Math.abs(timestamp - Number(expected[index]![1]))).toBeLessThan(5);
  });

  // Recorded from Asterisk 22.10.1, which stood still for three keys of 100 ms, 100 ms apart; nothing played for seven.
  test('come through as keyed: recorded', () => {
    const events =
      '3@0 8@0 8@145 2@145 2@290 9@291 9@436 1@436 1@581 0@582 0@727 4@727 4@872 7@872 5@1061 6@1264';
    expect(keysHeard(events, 872, 100)).toBe('3829104756');
  });

  test('come through as keyed, in all but one of a hundred', () => {
    const dice = new Dice('held up');
    const wrong = Array.from({ length: 2000 }, () => keyedAhead(dice)).filter(
      (ahead) => heardOf(reportsOf(ahead)) !== ahead.keys,
    );
    // Two equal keys that were read together, and one and its echo, can look the same.
    expect(wrong.filter(({ keys }) => !/(.)\1/.test(keys))).toEqual([]);
    expect(wrong.length).toBeLessThan(20);
  });
});

function keyedAhead(dice: Dice): KeyedAhead {
  return {
    keys: Array.from({ length: 10 }, () => dice.number(0, 9)).join(''),
    toneMs: dice.oneOf([40, 60, 80, 100, 120, 160, 200]),
    pauseMs: dice.oneOf([40, 60, 80, 100, 150, 200]),
    fromMs: dice.number(-60, 60) - dice.oneOf([0, 50, 100, 200, 400, 800]),
    chosenAtMs: -dice.number(0, 60),
    playingFromMs: dice.oneOf([10, 50, 100, 300, 600, 1000]),
  };
}

function heardOf(reports: readonly Report[]): string {
  const queue = new DigitQueue();
  let heard = '';
  queue.listen((digit) => (heard += digit));
  for (const { event, isPlaying } of reports) queue.push(event, isPlaying);
  return heard;
}

test('a key pressed twice at any speed a person reaches counts twice', () => {
  expect(keysHeard('5@0 5@80 5@160 5@1000')).toBe('5555');
});

test.each([
  ['two keys come nearer', '5@0 5@60 5@86 5@105 5@171', '555'],
  ['an echo comes later', '5@0 5@80 5@110 5@160 5@195', '555'],
])('a machine that is late by a packet or two loses no key and doubles none: %s', (_title, events, keys) => {
  expect(keysHeard(events)).toBe(keys);
});

test.each([
  ['an echo, however late we read it', '5', 6],
  ['a second key that we read together with the first', '55', 80],
  ['a second key, the clock of Asterisk stepped back meanwhile', '55', -400],
])('%s', (_title, keys, sentAtMs) => {
  expect(keysHeard(`5@0 5@${sentAtMs}`)).toBe(keys);
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
