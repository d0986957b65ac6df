import { retryDelayMs } from '../../src/notifications/notifier.ts';

test('retries double from five seconds to two hours, with the upper half as jitter', () => {
  expect([1, 2, 3, 20].map((attempt) => retryDelayMs(attempt, () => 0))).toEqual([
    2500, 5000, 10_000, 3_600_000,
  ]);
  expect([1, 2, 3, 20].map((attempt) => retryDelayMs(attempt, () => 1))).toEqual([
    5000, 10_000, 20_000, 7_200_000,
  ]);
});
