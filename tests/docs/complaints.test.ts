/** docs/complaints.md explains to officers, in both languages, every word that `audit show` may print of a call. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reasons } from '../../src/hotline/ending.ts';

const checkout = join(import.meta.dirname, '../..');
const read = (file: string): string => readFileSync(join(checkout, file), 'utf8');
const [vietnamese = '', english = ''] = read('docs/complaints.md').split('\n## English\n');

/** What stands in backticks in the first cells of the tables' rows. */
function firstCells(half: string, count: number): string[][][] {
  const rows = half.split('\n').filter((line) => line.startsWith('| `'));
  return rows.map((row) =>
    row
      .split(' | ')
      .slice(0, count)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!)),
  );
}

/** Each outcome with each of its reasons, once. */
const explained = (half: string): string[] =>
  firstCells(half, 2).flatMap(([outcomes = [], words = []]) =>
    outcomes.flatMap((outcome) => words.map((reason) => `${outcome}: ${reason}`)),
  );

describe.each([
  ['Vietnamese', vietnamese],
  ['English', english],
])('in %s', (_language, half) => {
  test('every reason of every outcome has a line that says what to tell the citizen', () => {
    const all = Object.entries(reasons).flatMap(([outcome, words]) =>
      words.map((reason) => `${outcome}: ${reason}`),
    );
    expect(explained(half).sort()).toEqual(all.sort());
  });

  test('every verdict on a number is explained', () => {
    const [, verdicts = ''] =
      /identity +ENUM \(([^)]+)\)/.exec(read('src/mysql/schema/001.do.schema.sql')) ?? [];
    const words = firstCells(half, 1).flat(2);
    expect(verdicts.split(', ').filter((verdict) => !words.includes(verdict.slice(1, -1)))).toEqual([]);
  });
});

test('both languages have the same lines in the same order', () => {
  expect(firstCells(english, 2)).toEqual(firstCells(vietnamese, 2));
});
