/** Plots as SVG for a page with a strict Content-Security-Policy: their stylesheet is ours (public/console.css). */
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom/worker'; // the same in one file, not in two hundred
import { html, type Content } from '../html.ts';
import { clock, day } from '../times.ts';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** In a card, and across the page, px. */
const width = { card: 420, wide: 1080 };

/** One bar, by its name. */
export interface NamedCount {
  readonly name: string;
  readonly count: number;
}

/** Bars from left to right, for names that need room. */
export function plotNamed(
  counts: readonly NamedCount[],
  label: string,
  spell: (count: number) => string,
): Content {
  return draw(label, {
    width: width.card,
    height: 34 + counts.length * 30,
    marginLeft: 180,
    marginRight: 48,
    x: { axis: null, domain: upTo(counts.map(({ count }) => count)) },
    y: { label: null, domain: counts.map(({ name }) => name), tickSize: 0 },
    marks: [
      Plot.barX(counts, { x: 'count', y: 'name', fill: 'var(--series-1)', insetTop: 3, insetBottom: 3 }),
      Plot.text(counts, {
        x: 'count',
        y: 'name',
        text: ({ count }: NamedCount) => spell(count),
        textAnchor: 'start',
        dx: 6,
      }),
      Plot.ruleX([0]),
    ],
  });
}

/** Columns side by side, in the order given; every third one is named. */
export function plotColumns(counts: readonly NamedCount[], label: string): Content {
  return draw(label, {
    width: width.card,
    height: 220,
    x: {
      label: null,
      domain: counts.map(({ name }) => name),
      ticks: counts.filter((_, at) => at % 3 === 0).map(({ name }) => name),
      tickSize: 0,
    },
    y: countAxis(counts.map(({ count }) => count)),
    marks: [
      Plot.barY(counts, { x: 'name', y: 'count', fill: 'var(--series-1)', insetLeft: 1, insetRight: 1 }),
      Plot.ruleY([0]),
    ],
  });
}

/** A layer of columns over time. */
export interface Series {
  readonly name: string;
  /** From `public/console.css`. */
  readonly colour: 'series-1' | 'series-2' | 'series-3';
  readonly counts: readonly number[];
}

/** More columns than this are drawn a week each. */
export const maxColumns = 100;

/** Columns over time, the series upon each other. @param starts of each column; the last one ends at `end` */
export function plotOverTime(
  starts: readonly Date[],
  end: Date,
  step: 'hour' | 'day',
  series: readonly Series[],
  label: string,
): Content {
  if (starts.length > maxColumns) {
    const weeks = starts.filter((_, at) => at % 7 === 0);
    return plotOverTime(weeks, end, step, series.map(byWeek), label);
  }
  const bars = series.flatMap(({ colour, counts }) =>
    starts.map((from, at) => ({
      from,
      to: starts[at + 1] ?? end,
      count: counts[at] ?? 0,
      colour: `var(--${colour})`,
    })),
  );
  return html`
    ${draw(label, {
      width: width.wide,
      height: 240,
      // The axis is Vietnam's time: Plot knows the machine's and UTC's only.
      x: {
        type: 'utc',
        label: null,
        ticks: ticksOf(starts),
        tickFormat: step === 'hour' ? hourTick : dayTick,
        domain: [starts[0] ?? end, end],
      },
      y: countAxis(starts.map((_, at) => series.reduce((sum, { counts }) => sum + (counts[at] ?? 0), 0))),
      marks: [
        Plot.rectY(
          bars,
          Plot.stackY({ x1: 'from', x2: 'to', y: 'count', fill: 'colour', insetLeft: 0.5, insetRight: 0.5 }),
        ),
        Plot.ruleY([0]),
      ],
    })}
    ${series.length > 1 && renderLegend(series)}
  `;
}

function byWeek(series: Series): Series {
  const { counts } = series;
  const weeks = counts.filter((_, at) => at % 7 === 0);
  const sumOf = (week: number) => counts.slice(week * 7, week * 7 + 7).reduce((sum, count) => sum + count, 0);
  return { ...series, counts: weeks.map((_, week) => sumOf(week)) };
}

function renderLegend(series: readonly Series[]): Content {
  return html`
    <ul class="legend">
      ${series.map(({ name, colour }) => html`<li><span class=${`swatch ${colour}`}></span>${name}</li>`)}
    </ul>
  `;
}

/** At most eight, evenly. */
function ticksOf(starts: readonly Date[]): Date[] {
  const every = Math.max(1, Math.ceil(starts.length / 8));
  return starts.filter((_, at) => at % every === 0);
}

const hourTick = (at: Date) => `${day(at).slice(8)}/${day(at).slice(5, 7)} ${clock(at).slice(0, 5)}`;
const dayTick = (at: Date) => `${day(at).slice(8)}/${day(at).slice(5, 7)}`;

/** Without any count a scale would have no extent, and every bar the length of the longest. */
function upTo(counts: readonly number[]): [number, number] {
  return [0, Math.max(1, ...counts)];
}

/** @param counts what stands on each place of the other axis */
function countAxis(counts: readonly number[]): Plot.ScaleOptions {
  return { label: null, grid: true, tickFormat: wholeOnly, nice: true, domain: upTo(counts) };
}

/** There are no halves of calls. */
const wholeOnly = (value: number) => (Number.isInteger(value) ? String(value) : '');

function draw(label: string, options: Plot.PlotOptions): Content {
  const svg = Plot.plot({
    ...options,
    document: document,
    className: 'plot',
    ariaLabel: label,
  });
  svg.querySelector('style')?.remove();
  // Labels of parts, where no reader may look for them; the table says all of it.
  for (const part of svg.querySelectorAll('g[aria-label]')) part.removeAttribute('aria-label');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  // Plot escapes what it draws; the text is its own SVG.
  return html`<div
    class="plot-frame"
    tabindex="0"
    role="region"
    aria-label=${label}
    dangerouslySetInnerHTML=${{ __html: svg.outerHTML }}
  ></div>`;
}
