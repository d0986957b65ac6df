import fc from 'fast-check';
import { backOff } from '../../src/timing/back-off.ts';

test('the delay doubles from the first to the longest, and stays there', () => {
  const delayMs = backOff({ firstMs: 250, maxMs: 10_000 });
  expect([1, 2, 3, 6, 7, 5000].map(delayMs)).toEqual([250, 500, 1000, 8000, 10_000, 10_000]);
});

test('with jitter, half of the delay is random', () => {
  const delaysMs = (random: number) =>
    [1, 2, 20].map(backOff({ firstMs: 200, maxMs: 5000, jitter: () => random }));
  expect(delaysMs(0)).toEqual([100, 200, 2500]);
  expect(delaysMs(0.5)).toEqual([150, 300, 3750]);
  expect(delaysMs(1)).toEqual([200, 400, 5000]);
});

test('no delay is longer than the longest, or shorter than half of the first', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 2, max: 10_000 }),
      fc.integer({ min: 0, max: 1_000_000 }),
      fc.integer({ min: 1, max: 10_000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (firstMs, moreMs, attempt, random) => {
        const delayMs = backOff({ firstMs, maxMs: firstMs + moreMs, jitter: () => random })(attempt);
        expect(delayMs).toBeLessThanOrEqual(firstMs + moreMs);
        expect(delayMs).toBeGreaterThanOrEqual(Math.floor(firstMs / 2));
      },
    ),
  );
});
