import { jest } from '@jest/globals';
import { ChannelTimer } from '../../../src/asterisk/ari/channel-timer.ts';

/** What Asterisk was told, as [ms since the start, ms]. */
let told: [at: number, ms: number][];
let fails: boolean;
let hears: boolean;
let gone: AbortController;
let timer: ChannelTimer;
let startedAt: number;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  [told, fails, hears, gone, startedAt] = [[], false, true, new AbortController(), performance.now()];
  timer = new ChannelTimer({
    setTimer: (ms) => {
      told.push([Math.round(performance.now() - startedAt), ms]);
      return fails ? Promise.reject(new Error('no HTTP')) : Promise.resolve();
    },
    hears: () => hears,
    gone: gone.signal,
  });
});
afterEach(() => {
  gone.abort();
  jest.useRealTimers();
});

/** A sentence of this length begins, with silence behind it. */
const cover = (ms: number) =>
  timer.cover(['hotline/menu', 'hotline/pause', 'hotline/silence'], (sound) =>
    sound === 'hotline/menu' ? ms : 500,
  );

const silence = () => timer.cover(['hotline/silence'], () => 20_000);

/** Lets time pass, with the rounds of the event loop that real time has. */
async function pass(ms: number): Promise<void> {
  for (let left = ms; left > 0; left -= 100) {
    await jest.advanceTimersByTimeAsync(Math.min(left, 100));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a sentence is covered by one setting, and the silence behind it by one a second', async () => {
  cover(5000);
  await pass(7500);
  expect(told.map(([, ms]) => ms)).toEqual([7800, 2800, 2800]);
  expect(told[1]![0]).toBeGreaterThanOrEqual(6000);
});

test('silence that begins when a sentence has ended needs no setting of its own', async () => {
  cover(5000);
  await pass(5100);
  silence();
  await pass(800);
  expect(told).toHaveLength(1);
  await pass(300);
  expect(told.map(([, ms]) => ms)).toEqual([7800, 2800]);
});

test('a sentence that was cut is not covered any longer: the caller may hear nothing for 3 s at most', async () => {
  cover(5000);
  await pass(1000);
  silence();
  await pass(100);
  expect(told.map(([, ms]) => ms)).toEqual([7800, 2800]);
});

test('the first silence of a call is covered', async () => {
  silence();
  await pass(100);
  expect(told.map(([, ms]) => ms)).toEqual([2800]);
});

test('a long sentence is covered piece by piece, so that a caller is let go within 20 s', async () => {
  cover(30_000);
  await pass(30_500);
  for (const [, ms] of told) expect(ms).toBeLessThan(17_000);
  for (const [index, [at, ms]] of told.slice(0, -1).entries())
    expect(told[index + 1]![0]).toBeLessThan(at + ms);
  expect(told.length).toBeLessThan(8);
});

test('what cannot be set is tried again at once', async () => {
  fails = true;
  cover(5000);
  await pass(200);
  fails = false;
  await pass(1000);
  expect(told).toHaveLength(2);
});

test('a process that was frozen until the timer ran out leaves the call alone', async () => {
  cover(0);
  await pass(100);
  const now = performance.now();
  jest.spyOn(performance, 'now').mockImplementation(() => now + 60_000);
  await pass(3000);
  cover(5000);
  await pass(3000);
  expect(told).toHaveLength(1);
  jest.restoreAllMocks();
});

test('a caller whose keys do not reach us is not kept', async () => {
  cover(0);
  hears = false;
  await pass(5000);
  expect(told).toHaveLength(1);
});

test('a script that says nothing more is not kept for ever; a key of the caller keeps it', async () => {
  cover(0);
  await pass(70_000);
  timer.noteSign();
  await pass(70_000);
  expect(told.at(-1)![0]).toBeGreaterThan(138_000);
  await pass(20_000);
  expect(told.at(-1)![0]).toBeLessThan(150_000);
});

test('for a call that goes back to the dialplan it is lifted, and nothing is set after that', async () => {
  cover(0);
  await timer.release();
  await pass(3000);
  expect(told.map(([, ms]) => ms)).toEqual([2800, 900_000]);
});

test('a call that was never served costs nothing', async () => {
  await timer.release();
  expect(told).toEqual([]);
});
