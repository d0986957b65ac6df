/**
 * The short run, for regressions: all systems together in one turn, then the hotline alone. Only what happens in the
 * same seconds is compared: turns of the call with those of the floor, the application with the plain ari-client's; and
 * what a call costs alone with what the phones cost, which do the same for every call, so that a machine that is slower
 * at the moment is slower for them too.
 */
import { memoryOf, workOf, type HeldMemory, type WorkACall } from './held.ts';
import { quantile } from './statistics.ts';
import type { CallMeasures } from './measure.ts';
import { costOf, type CostPart, type SystemResult } from './result.ts';
import type { System } from './systems.ts';

/** Calls a second of each system while they are together; alone, the hotline has those of all. */
export const shortRate = 0.75;
/** How long calls arrive in each of the two turns. */
export const shortSeconds = 8;

const hundredth = (value: number) => Math.round(value * 100) / 100;

export interface ShortRun {
  readonly together: Readonly<Record<System, SystemResult>>;
  /** The hotline. */
  readonly alone: SystemResult;
}

/** What is compared, and the most by which it may grow: by what factor. docs/performance.md has what they are chosen from. */
export const ratios = {
  eventLoop: { title: 'Event loop, hotline alone, to phones', max: 1.2 },
  application: { title: 'Application, hotline alone, to phones', max: 1.25 },
  pbx: { title: 'Asterisk, hotline alone, to phones', max: 1.2 },
  database: { title: 'Database, hotline alone, to phones', max: 1.6 },
  ari: { title: 'Application, all together, to ari-client', max: 1.3 },
  deadAir: { title: 'Dead air after the last digit, p50, to floor', max: 1.2 },
  changeTurn: { title: 'First reading to "changed", p50, to floor', max: 1.2 },
} as const;

/** What docs/bench/short.json keeps of a short run. */
export interface ShortRecord {
  readonly command: string;
  readonly date: string;
  readonly machine: Readonly<Record<string, string>>;
  readonly ratios: Ratios;
  readonly memory: HeldMemory;
  /** Of Asterisk, MB for one call more at once, from the turn with the hotline alone. */
  readonly pbxMbACall: number;
  /** Of the turn with the hotline alone. */
  readonly work: WorkACall;
}

export type Ratio = keyof typeof ratios;
export type Ratios = Readonly<Record<Ratio, number>>;

export const ratioNames = Object.keys(ratios) as Ratio[];

/** @returns each with two decimals */
export function ratiosOf({ together, alone }: ShortRun): Ratios {
  const toPhones = (part: CostPart) => hundredth(costOf(alone, part) / costOf(alone, 'load'));
  const toFloor = (name: keyof CallMeasures) =>
    hundredth(quantile(together.ours.measures[name], 0.5) / quantile(together.floor.measures[name], 0.5));
  return {
    ...{ eventLoop: toPhones('eventLoop'), application: toPhones('application') },
    ...{ pbx: toPhones('pbx'), database: toPhones('database') },
    ari: hundredth(costOf(together.ours, 'application') / costOf(together.ari, 'application')),
    ...{ deadAir: toFloor('deadAir'), changeTurn: toFloor('changeTurn') },
  };
}

/** @param machine that it was measured on */
export function recordOf(run: ShortRun, machine: Readonly<Record<string, string>>): ShortRecord {
  const { together, alone } = run;
  const result = { systems: { ...together, ours: alone } };
  const [memory, work] = [memoryOf(result)!, workOf(result)!];
  const ofAlone = alone.costs[0]!.memory!;
  const rounded: unknown = JSON.parse(
    JSON.stringify(
      { memory, pbxMbACall: (ofAlone.max.pbx - memory.before.pbx) / alone.calls, work },
      (_, value: unknown) => (typeof value === 'number' ? hundredth(value) : value),
    ),
  );
  return {
    command: 'make bench SHORT=renew',
    ...{ date: new Date().toISOString().slice(0, 10), machine, ratios: ratiosOf(run) },
    ...(rounded as Pick<ShortRecord, 'memory' | 'pbxMbACall' | 'work'>),
  };
}

/** A table of both, and the names of the ratios that have grown too much. */
export function compareRatios(now: Ratios, committed: Ratios): { table: string; grown: string[] } {
  const rows = ratioNames.map((name) => {
    const { title, max } = ratios[name];
    const factor = now[name] / committed[name];
    // Not a number, and so grown too much, if nothing was measured.
    const isGrown = !(factor <= max);
    const cells = [committed[name], now[name], factor, max].map((value) => value.toFixed(2).padStart(9));
    return { title, isGrown, line: `${title.padEnd(46)}${cells.join('')}${isGrown ? '  grown' : ''}` };
  });
  const head = ['committed', 'now', 'times', 'at most'].map((cell) => cell.padStart(9));
  return {
    table: [`${''.padEnd(46)}${head.join('')}`, ...rows.map(({ line }) => line), ''].join('\n'),
    grown: rows.filter(({ isGrown }) => isGrown).map(({ title }) => title),
  };
}
