/** The comparison of a short run with the committed ratios. */
import type { CallMeasures } from '../../tools/bench/measure.ts';
import type { SystemResult } from '../../tools/bench/result.ts';
import { compareRatios, ratioNames, ratios, ratiosOf, type Ratios } from '../../tools/bench/short.ts';
import { mapSystems } from '../../tools/bench/systems.ts';

const committed = Object.fromEntries(ratioNames.map((name) => [name, 2])) as Ratios;

test.each(ratioNames)('%s may grow up to its factor, and no further', (name) => {
  const { title, max } = ratios[name];
  expect(compareRatios({ ...committed, [name]: 2 * max }, committed).grown).toEqual([]);
  const { grown, table } = compareRatios({ ...committed, [name]: 2 * max + 0.01 }, committed);
  expect(grown).toEqual([title]);
  expect(table.split('\n').filter((line) => line.endsWith('grown'))).toEqual([
    expect.stringMatching(/ 2\.00 +\d+\.\d\d +\d\.\d\d +\d\.\d\d +grown$/),
  ]);
});

test('a ratio that has fallen is no regression, and one that was not measured is', () => {
  const fallen = Object.fromEntries(ratioNames.map((name) => [name, 0.5])) as Ratios;
  expect(compareRatios(fallen, committed).grown).toEqual([]);
  expect(compareRatios({ ...committed, pbx: NaN }, committed).grown).toEqual([ratios.pbx.title]);
});

/** Ten calls, each with these costs and the same length of every turn, ms. */
function result(
  turnMs: number,
  cost: Partial<Record<'pbx' | 'application' | 'eventLoop' | 'database', number>>,
): SystemResult {
  const names = ['deadAir', 'menuTurn', 'matchTurn', 'changeTurn', 'gap', 'bargeIn'] as const;
  const measures = Object.fromEntries(names.map((name) => [name, [turnMs]])) as unknown as Record<
    keyof CallMeasures,
    number[]
  >;
  const machine = { load: 50, capture: 0, machineBusy: 0.5, tookMs: 1000, latestMs: 0 };
  const costs = [{ ...{ pbx: 0, application: 0, eventLoop: 0, database: 0 }, ...machine, ...cost }];
  return { calls: 10, faults: [], measures, packets: 0, costs };
}

test('costs are those of the hotline alone to those of its phones, turns those of the same seconds', () => {
  const together = mapSystems(() =>
    result(10, { pbx: 9000, application: 400, eventLoop: 300, database: 9000 }),
  );
  const ours = result(12, { application: 600 });
  const alone = result(99, { pbx: 200, application: 100, eventLoop: 75, database: 10 });
  expect(ratiosOf({ together: { ...together, ours }, alone })).toEqual({
    ...{ pbx: 4, application: 2, eventLoop: 1.5, database: 0.2, ari: 1.5 },
    ...{ deadAir: 1.2, changeTurn: 1.2 },
  });
});
