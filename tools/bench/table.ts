/** A run as Markdown: ratios to the floor first, since a figure in ms says something of its machine only. */
import { table } from '../markdown-table.ts';
import { memoryOf, workOf } from './held.ts';
import type { CallMeasures } from './measure.ts';
import { costOf, loadOf, spreadOf, type BenchResult, type SystemResult } from './result.ts';
import type { Spread } from './statistics.ts';
import { systemNames, systems } from './systems.ts';

const titles: Record<keyof CallMeasures, string> = {
  deadAir: 'Dead air after the last digit',
  menuTurn: '`8` to the question',
  matchTurn: '"Please wait" to the password',
  changeTurn: 'First reading to "changed"',
  gap: 'Longest gap within a sentence',
  bargeIn: 'Barge-in: key up to silence',
};

const ratio = (value: number, of: number) => (of > 0 ? (value / of).toFixed(2) : '–');
const ms = (value: number) => (Number.isFinite(value) ? value.toFixed(Math.abs(value) < 10 ? 1 : 0) : '–');

export function renderTable(result: BenchResult): string {
  const { ofOne, machineBusy } = loadOf(result);
  const percent = (share: number) => `${(share * 100).toFixed(0)} %`;
  return [
    '# Measured side by side',
    `Made by \`${result.command}\` on ${result.date}. ${Object.entries(result.machine)
      .map(([name, value]) => `${name}: ${value}`)
      .join('; ')}. How to read it: [performance.md](../performance.md).`,
    `${result.rate} calls a second for ${result.seconds} s, rounds: ${result.rounds}, seed: ${result.seed}. Phones and capture took ${percent(ofOne)} of one processor; the machine was busy for ${percent(machineBusy)}. Load average before: ${result.loadBefore.toFixed(2)}.`,
    '## What a caller notices',
    'Ratios to the floor, then ms on this machine: how much more than the floor, and in all.',
    ...(Object.keys(titles) as (keyof CallMeasures)[]).map((name) => renderMeasure(result, name)),
    '## What a call costs',
    'Processor time. Ratios of Asterisk to the floor; of application and database to the plain ari-client. Asterisk mostly sends sound: the hotline sends silence too while the caller keys, because some carriers drop a line without it.',
    renderCost(result),
    ...renderHeld(result),
    '## Whether every call was right',
    renderFaults(result),
    '',
  ].join('\n\n');
}

function renderMeasure({ systems: results }: BenchResult, name: keyof CallMeasures): string {
  const floor = spreadOf(results.floor, name);
  const points = ['p50', 'p90', 'p99', 'max'] as const satisfies readonly (keyof Spread)[];
  const rows = systemNames.map((system) => {
    const own = spreadOf(results[system], name);
    return [
      systems[system].title,
      ...points.map((point) => ratio(own[point], floor[point])),
      points.map((point) => ms(own[point] - floor[point])).join(' / '),
      points.map((point) => ms(own[point])).join(' / '),
    ];
  });
  return `**${titles[name]}**\n\n${table(['system', ...points, 'more, ms', 'in all, ms'], rows)}`;
}

function renderCost({ systems: results }: BenchResult): string {
  const parts = ['pbx', 'application', 'database'] as const;
  const base = { pbx: results.floor, application: results.ari, database: results.ari };
  const rows = systemNames.map((system) => {
    const own = parts.map((part) => costOf(results[system], part));
    return [
      systems[system].title,
      ...parts.map((part, index) => ratio(own[index]!, costOf(base[part], part))),
      own.map(ms).join(' / '),
      ms(results[system].packets / results[system].calls),
    ];
  });
  return table(
    ['system', 'Asterisk', 'application', 'database', 'ms a call', 'packets of sound a call'],
    rows,
  );
}

function renderHeld(result: BenchResult): string[] {
  const [memory, work] = [memoryOf(result), workOf(result)];
  if (memory === null || work === null) return [];
  const parts = { pbx: 'Asterisk', hotline: 'hotline', database: 'database' } as const;
  const rows = (Object.keys(parts) as (keyof typeof parts)[]).map((part) => [
    ...[parts[part], memory.before[part].toFixed(0), memory.max[part].toFixed(0)],
  ]);
  return [
    '## What is held, and what the database does',
    table(['memory, MB', 'before the first call', 'at most'], rows),
    `For a call of the hotline, with what it does in the background: ${ms(work.eventLoopMs)} ms of its event loop, the rest of its time is the hash; ${work.statements.toFixed(1)} statements; ${work.logWrites.toFixed(1)} writes to the database's log, ${work.logKib.toFixed(1)} KiB in all; a connection of its pool for ${ms(work.heldMs)} ms.`,
  ];
}

function renderFaults({ systems: results, wrong }: BenchResult): string {
  const rows = systemNames.map((system) => {
    const { calls, faults }: SystemResult = results[system];
    return [systems[system].title, String(calls), String(faults.length)];
  });
  const found =
    wrong.length === 0 ? 'The records of every call agree with what was heard.' : wrong.join('\n');
  return `${table(['system', 'calls', 'wrong'], rows)}\n\n${found}`;
}
