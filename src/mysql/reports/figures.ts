/** What the figures of a range come to: points, totals, lengths, hours. Knows no SQL. */
import {
  lengthsFrom,
  maxFiguresDays,
  placesOfGivingUp,
  type CallCounts,
  type Figures,
  type FiguresPoint,
  type FiguresRange,
  type PlaceOfGivingUp,
} from '../../registry/call-figures.ts';
import type { CallOutcome } from '../../registry/call-records.ts';
import type { CallStage } from '../../registry/call-stage.ts';
import type { MenuEvent } from '../../registry/menu-counts.ts';
import { startOfVietnamDay, vietnamOffsetMs } from '../../timing/vietnam-time.ts';
import { findWaves } from './mismatch-waves.ts';
import type { DoneInMenu, EndedAlike, HourTotal, ReadFigures, Steps } from './read-figures.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** Ranges up to this are shown by the hour. */
const maxHours = 72;
/** How long before the range its hours are read to see what is usual, days. */
const usualDays = 14;

/** The range in whole hours or days. @throws RangeError */
export function stepsOf({ from, to }: FiguresRange): Steps {
  const ms = to.getTime() - from.getTime();
  if (!(ms > 0 && ms <= maxFiguresDays * dayMs))
    throw new RangeError(`a range of figures: expected more than nothing and at most ${maxFiguresDays} days`);
  const isShort = ms <= maxHours * hourMs;
  const start = isShort ? new Date(Math.floor(from.getTime() / hourMs) * hourMs) : startOfVietnamDay(from);
  const last = isShort ? hourMs : dayMs;
  const steps = Math.ceil((to.getTime() - start.getTime()) / last);
  return {
    step: isShort ? 'hour' : 'day',
    from: start,
    to: new Date(start.getTime() + steps * last),
    hoursFrom: new Date(start.getTime() - usualDays * dayMs),
  };
}

export function figuresOf({ step, from, to }: Steps, read: ReadFigures): Figures {
  const hours = read.hours.filter(({ hour }) => hour * hourMs >= from.getTime());
  return {
    ...{ step, from, to },
    points: pointsOf({ step, from, to }, read),
    total: countsOf(read.ended, read.menu),
    gaveUp: whereGivenUp(read.ended, read.menu),
    lengths: lengthsOf(read.lengths),
    meanMs: meanOf(read.ended),
    hoursOfDay: byHourOfDay(hours),
    busiest: busiestOf(hours),
    waves: findWaves(read.hours, from),
  };
}

function pointsOf({ step, from, to }: Omit<Steps, 'hoursFrom'>, read: ReadFigures): FiguresPoint[] {
  const stepMs = step === 'hour' ? hourMs : dayMs;
  const ended = Map.groupBy(read.ended, ({ point }) => point);
  const menu = Map.groupBy(read.menu, ({ point }) => point);
  const points: FiguresPoint[] = [];
  for (let at = from.getTime(); at < to.getTime(); at += stepMs) {
    // A day is numbered by its date in Vietnam.
    const point = step === 'hour' ? at / hourMs : (at + vietnamOffsetMs) / dayMs;
    points.push({ at: new Date(at), ...countsOf(ended.get(point) ?? [], menu.get(point) ?? []) });
  }
  return points;
}

function countsOf(ended: readonly EndedAlike[], inMenu: readonly DoneInMenu[]): CallCounts {
  const stages = sumBy(ended, ({ stage }) => stage);
  const menu = sumBy(inMenu, ({ event }) => event);
  const refused = stages.refused ?? 0;
  return {
    calls: total(ended.map(({ calls }) => calls)),
    refused,
    mismatches: total(ended.map(({ mismatches }) => mismatches)),
    outcomes: sumBy(ended, ({ outcome }) => outcome),
    funnel: funnelOf(stages, menu),
    menu,
  };
}

/** What ends in the menu. A caller who keyed another key has heard it again, and is counted when the call ends. */
const menuEnds: readonly MenuEvent[] = ['operator', 'goodbye', 'branch', 'silent', 'left'];
const callBackEnds: readonly CallStage[] = ['called-back-reading', 'called-back-changed'];

function funnelOf(
  stages: Partial<Record<CallStage, number>>,
  menu: Partial<Record<MenuEvent, number>>,
): CallCounts['funnel'] {
  const count = (...names: readonly CallStage[]) => total(names.map((name) => stages[name] ?? 0));
  const inMenu = (...names: readonly MenuEvent[]) => total(names.map((name) => menu[name] ?? 0));
  const ownChanged = count('changed');
  const matched = count('matched', 'reading') + ownChanged;
  const keyed = count('keyed') + matched;
  const answered = count('answered', 'incomplete') + keyed;
  // The dialplan counts a call that the application refused, too, and those that it could not hand over.
  const refused = Math.max(count('refused'), inMenu('busy', 'unavailable'));
  return {
    called: inMenu(...menuEnds) + refused + answered,
    ...{ answered, keyed, matched },
    reading: count('reading', ...callBackEnds) + ownChanged,
    changed: ownChanged + count('called-back-changed'),
  };
}

/** Endings that are the caller's own doing. */
const givenUp: readonly CallOutcome[] = ['hung-up', 'no-input', 'bad-input', 'mismatch', 'not-answered'];
const placeOf: Partial<Record<CallStage, PlaceOfGivingUp>> = {
  answered: 'answered',
  incomplete: 'incomplete',
  keyed: 'keyed',
  matched: 'matched',
  reading: 'reading',
  'called-back': 'called-back',
  'called-back-reading': 'reading',
};

function whereGivenUp(
  ended: readonly EndedAlike[],
  menu: readonly DoneInMenu[],
): Record<PlaceOfGivingUp, number> {
  const places = Object.fromEntries(placesOfGivingUp.map((place) => [place, 0])) as Record<PlaceOfGivingUp, number>; // prettier-ignore
  for (const { outcome, stage, calls } of ended) {
    const place = placeOf[stage];
    if (place !== undefined && givenUp.includes(outcome)) places[place] += calls;
  }
  for (const { event, calls } of menu) if (event === 'left' || event === 'silent') places.menu += calls;
  return places;
}

function lengthsOf(read: ReadFigures['lengths']): Figures['lengths'] {
  return lengthsFrom.map((fromSeconds) => ({
    fromSeconds,
    calls: total(read.filter(({ length }) => length === fromSeconds).map(({ calls }) => calls)),
  }));
}

function meanOf(ended: readonly EndedAlike[]): number | null {
  const served = ended.filter(({ stage }) => stage !== 'refused');
  const calls = total(served.map((each) => each.calls));
  return calls === 0 ? null : Math.round(total(served.map(({ durationMs }) => durationMs)) / calls);
}

function byHourOfDay(hours: readonly HourTotal[]): number[] {
  const counts = Array.from({ length: 24 }, () => 0);
  for (const { hour, calls } of hours) counts[(hour + vietnamOffsetMs / hourMs) % 24]! += calls;
  return counts;
}

function busiestOf(hours: readonly HourTotal[]): Figures['busiest'] {
  if (hours.length === 0) return null;
  const { hour, calls } = hours.reduce((most, each) => (each.calls > most.calls ? each : most));
  return { from: new Date(hour * hourMs), calls };
}

function sumBy<Item extends { readonly calls: number }, Name extends string>(
  items: readonly Item[],
  nameOf: (item: Item) => Name,
): Partial<Record<Name, number>> {
  const sums: Partial<Record<Name, number>> = {};
  for (const item of items) sums[nameOf(item)] = (sums[nameOf(item)] ?? 0) + item.calls;
  return sums;
}

const total = (numbers: readonly number[]) => numbers.reduce((sum, each) => sum + each, 0);
