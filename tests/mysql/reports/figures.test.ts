import { figuresOf, stepsOf } from '../../../src/mysql/reports/figures.ts';
import { findWaves } from '../../../src/mysql/reports/mismatch-waves.ts';
import type { EndedAlike, HourTotal } from '../../../src/mysql/reports/read-figures.ts';
import { maxFiguresDays } from '../../../src/registry/call-figures.ts';

const at = (text: string) => new Date(text);

describe('the steps of a range', () => {
  test('up to three days are whole hours that hold it', () => {
    expect(stepsOf({ from: at('2026-11-29T10:20:00Z'), to: at('2026-11-30T09:00:01Z') })).toMatchObject({
      ...{ step: 'hour', from: at('2026-11-29T10:00:00Z'), to: at('2026-11-30T10:00:00Z') },
    });
    expect(stepsOf({ from: at('2026-11-27T10:00:00Z'), to: at('2026-11-30T10:00:00Z') }).step).toBe('hour');
  });

  test('longer ones are whole days of Vietnam that hold it', () => {
    expect(stepsOf({ from: at('2026-11-20T16:59:59Z'), to: at('2026-11-30T17:00:01Z') })).toMatchObject({
      ...{ step: 'day', from: at('2026-11-19T17:00:00Z'), to: at('2026-12-01T17:00:00Z') },
    });
  });

  test.each([
    ['empty', 0],
    ['backwards', -1],
    ['longer than is kept', maxFiguresDays * 86_400_000 + 1],
    ['no time', NaN],
  ])('a range that is %s is refused', (_, ms) => {
    const from = at('2026-01-01T00:00:00Z');
    expect(() => stepsOf({ from, to: new Date(from.getTime() + ms) })).toThrow(RangeError);
  });
});

describe('what the figures come to', () => {
  const steps = stepsOf({ from: at('2026-11-30T00:00:00Z'), to: at('2026-11-30T03:00:00Z') });
  const hour = steps.from.getTime() / 3_600_000;
  const ended = (outcome: EndedAlike['outcome'], stage: EndedAlike['stage'], calls: number, rest = {}) => ({
    ...{ point: hour, outcome, stage, calls, mismatches: 0, durationMs: calls * 1000 },
    ...rest,
  });
  const figures = figuresOf(steps, {
    ended: [
      ended('hung-up', 'answered', 10),
      ended('no-identity', 'answered', 3),
      ended('hung-up', 'incomplete', 4),
      ended('mismatch', 'keyed', 5, { mismatches: 15 }),
      ended('call-back', 'matched', 6),
      ended('hung-up', 'reading', 2),
      ended('changed', 'changed', 20, { point: hour + 2 }),
      ended('limited', 'refused', 7, { durationMs: 0 }),
      ended('not-answered', 'called-back', 1),
      ended('changed', 'called-back-changed', 5),
    ],
    lengths: [
      { length: 0, calls: 30 },
      { length: 45, calls: 26 },
    ],
    menu: [
      { point: hour, event: 'left', calls: 8 },
      { point: hour, event: 'other-key', calls: 50 },
      { point: hour, event: 'busy', calls: 7 },
      { point: hour, event: 'unavailable', calls: 2 },
      { point: hour + 1, event: 'operator', calls: 4 },
    ],
    hours: [
      { hour: hour - 24, calls: 1000, mismatches: 1 },
      { hour, calls: 43, mismatches: 15 },
      { hour: hour + 2, calls: 20, mismatches: 0 },
    ],
  });

  test('the funnel goes on where a call-back does, and holds those who left in the menu or were sent back', () => {
    expect(figures.total.funnel).toEqual({
      ...{ called: 8 + 4 + 9 + 50, answered: 50, keyed: 33, matched: 28, reading: 27, changed: 25 },
    });
    expect(figures.total).toMatchObject({ calls: 63, refused: 7, mismatches: 15 });
    expect(figures.total.outcomes).toEqual({
      ...{ 'hung-up': 16, 'no-identity': 3, mismatch: 5, 'call-back': 6, changed: 25, limited: 7 },
      'not-answered': 1,
    });
  });

  test('calls in another branch count by outcome; in the funnel they end in the menu, and nobody gave up there', () => {
    const other = figuresOf(steps, {
      ended: [ended('served', 'other-branch', 7), ended('hung-up', 'other-branch', 5)],
      menu: [{ point: hour, event: 'branch', calls: 12 }],
      lengths: [],
      hours: [],
    });
    expect(other.total).toMatchObject({ calls: 12, outcomes: { served: 7, 'hung-up': 5 } });
    expect(other.total.funnel).toEqual({
      ...{ called: 12, answered: 0, keyed: 0, matched: 0, reading: 0, changed: 0 },
    });
    expect(Object.values(other.gaveUp).every((calls) => calls === 0)).toBe(true);
  });

  test('there is a point for each hour, also where nothing happened', () => {
    expect(figures.points.map(({ at, calls }) => [at.toISOString(), calls])).toEqual([
      ['2026-11-30T00:00:00.000Z', 43],
      ['2026-11-30T01:00:00.000Z', 0],
      ['2026-11-30T02:00:00.000Z', 20],
    ]);
    expect(figures.points[1]).toMatchObject({ menu: { operator: 4 }, funnel: { called: 4, answered: 0 } });
  });

  test('callers gave up where they left of themselves, and nowhere else', () => {
    expect(figures.gaveUp).toEqual({
      ...{ menu: 8, answered: 10, incomplete: 4, keyed: 5, matched: 0, reading: 2, 'called-back': 1 },
    });
  });

  test('the mean leaves the refused calls out; hours of the day are those of Vietnam, within the range', () => {
    expect(figures.meanMs).toBe(1000);
    expect(figures.hoursOfDay.map((calls, index) => [index, calls]).filter(([, calls]) => calls)).toEqual([
      ...[[7, 43], [9, 20]], // prettier-ignore
    ]);
    expect(figures.busiest).toEqual({ from: steps.from, calls: 43 });
    expect(figures.lengths.filter(({ calls }) => calls > 0)).toEqual([
      { fromSeconds: 0, calls: 30 },
      { fromSeconds: 45, calls: 26 },
    ]);
  });
});

describe('waves of mismatches', () => {
  const first = 490_000; // an hour since 1970
  const from = new Date((first + 24 * 14) * 3_600_000);
  /** Sixteen days with a quiet night, and a day in which `many` come in the given hours. */
  const hours = (many: Readonly<Record<number, number>>): HourTotal[] =>
    Array.from({ length: 24 * 16 }, (_, index) => ({
      hour: first + index,
      calls: 100,
      mismatches: many[index - 24 * 14] ?? ((first + index) % 24 < 8 ? 2 : 60),
    }));

  test('none on usual days, though the day has thirty times as many as the night', () => {
    expect(findWaves(hours({}), from)).toEqual([]);
  });

  test('hours in a row are one wave, each measured by its own time of day', () => {
    const night = [0, 1, 2].map((index) => ({ index, time: (first + index) % 24 }));
    expect(night.every(({ time }) => time >= 8)).toBe(true);
    expect(findWaves(hours({ 0: 200, 1: 150, 5: 121 }), from)).toEqual([
      { from, to: new Date(from.getTime() + 2 * 3_600_000), mismatches: 350, calls: 200, usual: 120 },
      expect.objectContaining({ mismatches: 121, usual: 60 }),
    ]);
  });

  test('a few more in a quiet hour are no wave, and neither is what lies before the range', () => {
    expect(findWaves(hours({ [-5]: 900 }), from)).toEqual([]);
    const quiet = Array.from({ length: 24 }, (_, index) => index).find((index) => (first + index) % 24 < 8)!;
    expect(findWaves(hours({ [quiet]: 21 }), from)).toEqual([]);
    expect(findWaves(hours({ [quiet]: 22 }), from)).toHaveLength(1);
  });
});
