/** A run as Markdown: ratios to the smallest size first. */
import { table } from '../markdown-table.ts';
import { memories, type Memory } from './measure.ts';
import { operations, type Operation } from './operations.ts';
import type { LoadResult, ScaleResult } from './result.ts';

const millions = (count: number) => String(count / 1_000_000);

const headings: Record<Memory, string> = {
  held: 'With the pages that a call needs in memory',
  'not held': 'With pages that nobody has needed lately',
};

export function renderScale(result: ScaleResult): string {
  const { command, date, machine, load, rounds, seed, sizes, imported } = result;
  return [
    '# By size of the registry and the audit log',
    `Made by \`${command}\` on ${date}. ${Object.entries(machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; ')}. How to read it: [performance.md](../performance.md#by-size).`,
    `${sizes.map(({ accounts, rows, gigabytes }) => `${millions(accounts)} million accounts and ${millions(rows)} million rows of the audit log: ${gigabytes.toFixed(1)} GB`).join('; ')}. Callers of each size: ${rounds}; seed: ${seed}. Load average before: ${load.before.toFixed(2)}, after: ${load.after.toFixed(2)}.`,
    ...memories.flatMap((memory) => [`## ${headings[memory]}`, renderMemory(result, memory)]),
    ...(imported === null ? [] : ['## Import', renderImport(imported)]),
    '',
  ].join('\n\n');
}

/** Ratios of the largest to the smallest, then ms of each. */
function renderMemory({ sizes }: ScaleResult, memory: Memory): string {
  const [smallest, largest] = [sizes[0]!.measured[memory], sizes.at(-1)!.measured[memory]];
  const rows = (Object.keys(operations) as Operation[]).map((name) => {
    const ratio = (point: 'p50' | 'p99') => (largest[name][point] / smallest[name][point]).toFixed(2);
    const all = sizes.map(({ measured }) => measured[memory][name]);
    return [
      ...[operations[name], ratio('p50'), ratio('p99'), String(largest[name].times)],
      ...all.map(({ p50, p99 }) => `${p50.toFixed(1)} / ${p99.toFixed(1)}`),
      all.map(({ pagesRead }) => pagesRead.toFixed(1)).join(' / '),
    ];
  });
  const heads = sizes.map(({ accounts, rows: count }) => `${millions(accounts)} and ${millions(count)}: p50 / p99, ms`); // prettier-ignore
  return table(['', 'p50, ratio', 'p99, ratio', 'times', ...heads, 'pages read'], rows);
}

function renderImport({ lines, added, changed }: LoadResult): string {
  const rate = (seconds: readonly number[]) =>
    (lines * seconds.length) / seconds.reduce((sum, each) => sum + each);
  const thousands = (perSecond: number) => `${(perSecond / 1000).toFixed(1)} thousand`;
  const rows = Object.entries({ 'into an empty registry': added, 'a new phone for every account': changed })
    .filter(([, { loader }]) => loader.length > 0)
    .map(([name, times]) => [
      ...[name, (rate(times.import) / rate(times.loader)).toFixed(2)],
      ...[thousands(rate(times.import)), thousands(rate(times.loader))],
    ]);
  return `${millions(lines)} million lines, turns of each: ${added.import.length}; accounts a second.\n\n${table(['', 'ratio', '`hotline import`', 'LOAD DATA'], rows)}`;
}
