/** Plots of counts: what a bar's length says. */
import { renderPart } from '../../src/console/html.ts';
import { plotColumns, plotNamed, plotOverTime } from '../../src/console/day/chart.ts';

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

test('columns of no calls have no height', () => {
  const named = [0, 0].map((count, at) => ({ name: `n${at}`, count }));
  const [start, middle, end] = [0, 1, 2].map((hour) => new Date(Date.UTC(2026, 10, 30, hour)));
  const series = [{ name: 'none', colour: 'series-3', counts: [0, 0] }] as const;
  const plots = [plotColumns(named, 'label'), plotOverTime([start!, middle!], end!, 'hour', series, 'label')];
  for (const plot of plots) {
    const heights = [...renderPart(plot).matchAll(/<rect[^>]* height="([\d.]+)"/g)].map(([, px]) =>
      Number(px),
    );
    expect(heights).toEqual([0, 0]);
  }
});
