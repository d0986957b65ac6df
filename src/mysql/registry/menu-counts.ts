/** The statements that keep and purge the counts of the menu. */
import { maxFiguresDays } from '../../registry/call-figures.ts';
import type { MenuCount } from '../../registry/menu-counts.ts';
import { vietnamDay } from '../../timing/vietnam-time.ts';
import { addUp } from '../database/add-up.ts';
import type { Session } from '../database/session.ts';
import { readUtc } from '../database/utc.ts';

/** Long enough to compare a month with the same one of last year. */
const keptDays = maxFiguresDays;

const dayCounts = {
  name: 'menu_day_counts',
  key: { day: 'DATE', event: 'VARCHAR(20)' },
  sums: ['calls'],
} as const;

/**
 * Keeps counts, at least one, and adds them to those of the day; a minute that is there stays, and is not added again.
 * Needs a transaction. Two processes at once with one node would meet at the primary key.
 */
export async function keep(session: Session, node: string, counts: readonly MenuCount[]): Promise<void> {
  const spelt = counts.map((count) => ({
    ...count,
    minute: `${count.minute.slice(0, 16).replace('T', ' ')}:00`,
  }));
  const minutes = [...new Set(spelt.map(({ minute }) => minute))];
  const kept = await session.select<{ minute: string; event: string }>(
    `SELECT CAST(minute AS CHAR) AS minute, event FROM menu_counts WHERE node = ? AND minute IN (${minutes.map(() => '?').join(', ')})`,
    [node, ...minutes],
  );
  const added = spelt.filter(
    (count) => !kept.some(({ minute, event }) => minute === count.minute && event === count.event),
  );
  if (added.length === 0) return;
  await session.change(
    `INSERT INTO menu_counts (minute, node, event, calls) VALUES ${added.map(() => '(?, ?, ?, ?)').join(', ')}`,
    added.flatMap(({ minute, event, calls }) => [minute, node, event, calls]),
  );
  await addUp(
    session,
    dayCounts,
    added.map(({ minute, event, calls }) => ({ day: vietnamDay(readUtc(minute)), event, calls })),
  );
}

/** Deletes up to `count` that are too old, and as many of days; returns how many. Needs no transaction. */
export async function deleteOld(session: Session, count: number): Promise<number> {
  const minutes = await session.change(
    'DELETE FROM menu_counts WHERE minute < UTC_TIMESTAMP() - INTERVAL ? DAY ORDER BY minute LIMIT ?',
    [String(keptDays), String(count)],
  );
  const days = await session.change(
    'DELETE FROM menu_day_counts WHERE day < UTC_TIMESTAMP() - INTERVAL ? DAY ORDER BY day LIMIT ?',
    [String(keptDays + 2), String(count)], // a day in Vietnam, and its last minutes
  );
  return minutes + days;
}
