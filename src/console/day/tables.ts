/** The figures of a range as tables: what a page shows beside each plot, and what its CSV file holds. */
import { outcomeName } from '../advice/advice.ts';
import { lengthsFrom, placesOfGivingUp, type Figures, type Funnel } from '../../registry/call-figures.ts';
import { menuEvents } from '../../registry/menu-counts.ts';
import type { CallOutcome } from '../../registry/call-records.ts';
import { day, moment } from '../times.ts';
import type { Dictionary } from '../languages.ts';

export const tableNames = [
  'time',
  'funnel',
  'gave-up',
  'outcomes',
  'menu',
  'lengths',
  'hours',
  'waves',
] as const;
export type TableName = (typeof tableNames)[number];

/** Numbers stay numbers, so that people can calculate with them. */
export interface FigureTable {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
}

const funnelSteps: readonly (keyof Funnel)[] = [
  'called',
  'answered',
  'keyed',
  'matched',
  'reading',
  'changed',
];

export function tableOf(name: TableName, dictionary: Dictionary, figures: Figures): FigureTable {
  const { day: words } = dictionary.words;
  const { title } = words.tables[name];
  switch (name) {
    case 'time':
      return {
        title,
        columns: [words[figures.step], ...words.tables.time.columns],
        rows: rowsOfTime(figures),
      };
    case 'funnel':
      return {
        title,
        columns: [words.step, words.calls, words.share],
        rows: rowsOfFunnel(dictionary, figures),
      };
    case 'gave-up':
      return {
        title,
        columns: [words.place, words.calls],
        rows: placesOfGivingUp.map((place) => [words.places[place], figures.gaveUp[place]]),
      };
    case 'outcomes':
      return { title, columns: [words.outcome, words.calls], rows: rowsOfOutcomes(dictionary, figures) };
    case 'menu':
      return {
        title,
        columns: [words.event, words.calls],
        rows: menuEvents.map((event) => [words.events[event], figures.total.menu[event] ?? 0]),
      };
    case 'lengths':
      return {
        title,
        columns: [words.length, words.calls],
        rows: figures.lengths.map(({ fromSeconds, calls }) => [spellLength(fromSeconds), calls]),
      };
    case 'hours':
      return {
        title,
        columns: [words.hourOfDay, words.calls],
        rows: figures.hoursOfDay.map((calls, hour) => [String(hour), calls]),
      };
    case 'waves':
      return { title, columns: words.tables.waves.columns, rows: rowsOfWaves(figures) };
  }
}

function rowsOfTime({ points, step }: Figures): (string | number)[][] {
  return points.map(({ at, calls, refused, mismatches, funnel, outcomes }) => [
    step === 'day' ? day(at) : moment(at).slice(0, 16),
    calls,
    funnel.changed,
    mismatches,
    outcomes.operator ?? 0,
    refused,
  ]);
}

function rowsOfFunnel({ words }: Dictionary, { total: { funnel } }: Figures): (string | number)[][] {
  return funnelSteps.map((step) => [
    words.day.funnel[step],
    funnel[step],
    funnel.answered === 0 ? '' : `${Math.round((100 * funnel[step]) / funnel.answered)} %`,
  ]);
}

function rowsOfOutcomes({ advice }: Dictionary, { total: { outcomes } }: Figures): (string | number)[][] {
  return (Object.keys(advice.outcomes) as CallOutcome[])
    .map((outcome): [string, number] => [outcomeName(advice, outcome), outcomes[outcome] ?? 0])
    .filter(([, calls]) => calls > 0)
    .sort(([, one], [, other]) => other - one);
}

function rowsOfWaves({ waves }: Figures): (string | number)[][] {
  return waves.map(({ from, to, mismatches, calls, usual }) => [
    moment(from).slice(0, 16),
    moment(to).slice(0, 16),
    mismatches,
    usual,
    calls,
  ]);
}

/** `30–45 s`; the last one has no end. */
function spellLength(fromSeconds: (typeof lengthsFrom)[number]): string {
  const next = lengthsFrom[lengthsFrom.indexOf(fromSeconds) + 1];
  return next === undefined ? `≥ ${fromSeconds} s` : `${fromSeconds}–${next} s`;
}
