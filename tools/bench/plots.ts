/** A run as SVG: distributions as lines, costs as bars. */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import type { CallMeasures } from './measure.ts';
import { costOf, type BenchResult } from './result.ts';
import { quantile } from './statistics.ts';
import { systemNames, systems } from './systems.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');
const titles = systemNames.map((system) => systems[system].title);
/** Told apart by colour-blind readers too (Okabe and Ito). */
const colour = {
  domain: titles,
  range: ['#000000', '#d55e00', '#0072b2', '#009e73'],
  legend: false,
} as const;
const size = { width: 720, height: 320, marginLeft: 56, marginRight: 130, document };

/** A line of text, and a little air. */
const labelPixels = 12;

/** The slowest calls matter, so the axis gives the last percent as much room as the ones before. */
const shares = [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98, 0.99, 0.995, 0.998, 1];

/** By file name. */
export function renderPlots(result: BenchResult): Record<string, string> {
  return {
    'dead-air.svg': plotSpread(result, 'deadAir', 'Dead air after the last digit, ms'),
    'gap.svg': plotSpread(result, 'gap', 'Longest gap within a sentence, ms'),
    'barge-in.svg': plotSpread(result, 'bargeIn', 'Barge-in, ms'),
    'cost.svg': plotCost(result),
  };
}

function plotSpread({ systems: results }: BenchResult, name: keyof CallMeasures, label: string): string {
  const points = systemNames.flatMap((system) =>
    shares.map((share) => ({
      system: systems[system].title,
      share: `${share * 100} %`,
      ms: quantile(results[system].measures[name], share),
    })),
  );
  const drawn = points.filter(({ ms }) => Number.isFinite(ms));
  const options: Plot.PlotOptions = {
    ...size,
    x: {
      type: 'point',
      domain: shares.map((share) => `${share * 100} %`),
      label: 'of the calls are no slower',
    },
    y: { label, grid: true, nice: true, zero: name !== 'deadAir' },
    color: colour,
    marks: [Plot.line(drawn, { x: 'share', y: 'ms', stroke: 'system' })],
  };
  const ends = drawn.filter(({ share }) => share === '100 %');
  return draw(label, { ...options, marks: [...options.marks!, labelEnds(ends, Plot.plot(options))] });
}

interface LineEnd {
  readonly system: string;
  readonly share: string;
  readonly ms: number;
}

/** The name of each line at its end. Lines that end at almost the same height get their names one above the other. */
function labelEnds(ends: readonly LineEnd[], plot: ReturnType<typeof Plot.plot>): Plot.Markish {
  const y = plot.scale('y')!;
  const heights = partHeights(ends.map(({ ms }) => y.apply(ms) as number));
  const labels = ends.map((end, index) => ({ ...end, at: y.invert!(heights[index]!) as number }));
  const position = { x: 'share', y: 'at', text: 'system', fill: 'system' };
  return Plot.text(labels, { ...position, dx: 6, textAnchor: 'start' });
}

/** Moves heights that are too close just far enough apart, upwards, in their order. Pixels from the top, in the order given. */
export function partHeights(heights: readonly number[]): number[] {
  const parted = [...heights];
  const lowestFirst = heights.map((_, index) => index).sort((one, other) => heights[other]! - heights[one]!);
  for (const [rank, index] of lowestFirst.entries())
    if (rank > 0) parted[index] = Math.min(parted[index]!, parted[lowestFirst[rank - 1]!]! - labelPixels);
  return parted;
}

function plotCost({ systems: results }: BenchResult): string {
  const parts = { pbx: 'Asterisk', application: 'application', database: 'database' } as const;
  const bars = systemNames.flatMap((system) =>
    (Object.keys(parts) as (keyof typeof parts)[]).map((part) => ({
      system: systems[system].title,
      part: parts[part],
      ms: costOf(results[system], part),
    })),
  );
  return draw('Processor time a call, ms', {
    ...size,
    x: { label: null, domain: titles },
    y: { label: 'processor time a call, ms', grid: true, nice: true },
    color: { domain: Object.values(parts), range: ['#999999', '#0072b2', '#e69f00'], legend: false },
    marks: [
      Plot.barY(bars, Plot.stackY({ x: 'system', y: 'ms', fill: 'part', insetLeft: 8, insetRight: 8 })),
      Plot.text(
        bars,
        Plot.stackY({
          x: 'system',
          y: 'ms',
          text: ({ part, ms }: (typeof bars)[number]) => (ms < 4 ? '' : `${part} ${ms.toFixed(0)}`),
          fill: 'white',
        }),
      ),
      Plot.ruleY([0]),
    ],
  });
}

function draw(label: string, options: Plot.PlotOptions): string {
  const svg = Plot.plot({ ...options, ariaLabel: label });
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('style', 'background: white');
  return `${svg.outerHTML}\n`;
}
