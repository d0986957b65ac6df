/** How the steps of a call become spans of its timeline. */
import { spansOf } from '../../src/console/calls/spans.ts';
import type { CallStep, StepKind } from '../../src/registry/call-steps.ts';

const step = (atMs: number, kind: StepKind, detail?: string, tookMs?: number): CallStep => ({
  ...{ atMs, kind },
  ...(detail !== undefined && { detail }),
  ...(tookMs !== undefined && { tookMs }),
});
const brief = (steps: Parameters<typeof spansOf>[0]) =>
  spansOf(steps).map(({ lane, fromMs, toMs, keys, step: of }) => [
    lane,
    'kind' in of ? of.kind : '...',
    fromMs,
    toMs,
    keys,
  ]);

test('a sentence reaches to its end or its cut, a hold to its end, and an answer back to its question', () => {
  expect(
    brief([
      ...[step(100, 'says', 'enter-code-10'), step(900, 'held'), step(1000, 'cut'), step(4000, 'back')],
      ...[step(4100, 'says', 'enter-code-10'), step(9000, 'said'), step(9500, 'code', 'match', 300)],
    ]),
  ).toEqual([
    ['hotline', 'says', 100, 1000, 0],
    ['caller', 'held', 900, 4000, 0],
    ['hotline', 'says', 4100, 9000, 0],
    ['database', 'code', 9200, 9500, 0],
  ]);
});

test('keys in a row are one entry, until the database answers or the caller pauses', () => {
  const keys = (...times: number[]) => times.map((at) => step(at, 'key'));
  expect(
    brief([
      ...keys(100, 400),
      step(420, 'cut'),
      ...keys(700),
      step(900, 'code', 'mismatch', 5),
      ...keys(2000, 9000),
    ]),
  ).toEqual([
    ['caller', 'key', 100, 700, 3],
    ['hotline', 'cut', 420, 420, 0],
    ['database', 'code', 895, 900, 0],
    ['caller', 'key', 2000, 2000, 1],
    ['caller', 'key', 9000, 9000, 1],
  ]);
});

test('a sentence that nothing ended reaches to the last step, as where the process died', () => {
  expect(brief([step(100, 'says', 'mismatch'), step(2500, 'key')])[0]).toEqual([
    'hotline',
    'says',
    100,
    2500,
    0,
  ]);
});

test('steps that were left out stand where they were', () => {
  expect(brief([{ atMs: 700, omitted: 12 }])).toEqual([['hotline', '...', 700, 700, 0]]);
});
