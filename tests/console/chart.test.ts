/** Plots of counts: what a bar's length says. */
import { renderPart } from '../../src/console/html.ts';
import { plotNamed } from '../../src/console/day/chart.ts';

/** Of the bars, px. */
function widthsOf(counts: readonly number[]): number[] {
  const named = counts.map((count, at) => ({ name: `n${at}`, count }));
  const svg = renderPart(plotNamed(named, 'label', String));
  return [...svg.matchAll(/<rect[^>]* width="([\d.]+)"/g)].map(([, width]) => Number(width));
}

test.each([[[0, 0, 0]], [[0]]])('counts of nothing but %j have no bars', (counts) => {
  expect(widthsOf(counts)).toEqual(counts.map(() => 0));
});

test('a bar is as long as its count', () => {
  const [one, two] = widthsOf([1, 2]);
  expect(two).toBeCloseTo(2 * one!);
});
