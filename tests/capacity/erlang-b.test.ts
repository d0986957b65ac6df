import { blocking, linesFor, trafficFor } from '../../tools/capacity/erlang-b.ts';

// From tables that others have published: traffic in erlangs, lines, share of callers turned away.
test.each([
  [8.108, 15, 0.01], // erlang.com, manual of the calculator
  [4.461, 10, 0.01], // this and the next: appendix "Table of Erlang B", Carrier Grade Voice over IP
  [1.909, 6, 0.01],
  [2.218, 5, 0.05],
  [84.06, 100, 0.01],
])('%d erlangs on %d lines turn away a share of %d', (erlangs, lines, share) => {
  expect(blocking(erlangs, lines)).toBeCloseTo(share, 4);
  expect(trafficFor(lines, share)).toBeCloseTo(erlangs, 2);
  expect(linesFor(erlangs * 0.9999, share)).toBe(lines);
});

test('1200 calls an hour of a minute and 40 seconds need 45 lines for one blocked call in a hundred', () => {
  expect(linesFor((1200 * 100) / 3600, 0.01)).toBe(45); // erlang.com, forum
});

test('the recurrence is the formula: A^n/n! over the sum of A^k/k!', () => {
  expect(blocking(1, 2)).toBeCloseTo(1 / 2 / (1 + 1 + 1 / 2), 12);
  expect(blocking(3, 3)).toBeCloseTo(27 / 6 / (1 + 3 + 9 / 2 + 27 / 6), 12);
});

test('no traffic needs no line, and traffic far beyond a table is reckoned too', () => {
  expect(linesFor(0, 0.01)).toBe(1);
  const lines = linesFor(5580, 0.01);
  expect(blocking(5580, lines)).toBeLessThanOrEqual(0.01);
  expect(blocking(5580, lines - 1)).toBeGreaterThan(0.01);
});
