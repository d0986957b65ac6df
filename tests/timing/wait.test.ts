import { jest } from '@jest/globals';
import { wait } from '../../src/timing/wait.ts';
import { whenAborted } from '../../src/timing/when-aborted.ts';

test('a wait takes its time, under fake time too', async () => {
  jest.useFakeTimers();
  try {
    let isOver = false;
    void wait(1000).then(() => (isOver = true));
    await jest.advanceTimersByTimeAsync(999);
    expect(isOver).toBe(false);
    await jest.advanceTimersByTimeAsync(1);
    expect(isOver).toBe(true);
  } finally {
    jest.useRealTimers();
  }
});

test('what is to happen when a signal is aborted happens once, and at once if it already is', () => {
  const stop = new AbortController();
  const seen: string[] = [];
  whenAborted(stop.signal, () => seen.push('before'));
  expect(seen).toEqual([]);
  stop.abort();
  stop.abort();
  whenAborted(stop.signal, () => seen.push('after'));
  expect(seen).toEqual(['before', 'after']);
});

test('nothing happens when a signal is aborted that nobody waits for any more', () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const stopWaiting = whenAborted(stop.signal, () => seen.push('too late'));
  stopWaiting();
  stop.abort();
  expect(seen).toEqual([]);
});
