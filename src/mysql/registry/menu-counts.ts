/** The statements that keep and purge the counts of the menu. */
import { maxFiguresDays } from '../../registry/call-figures.ts';
import type { MenuCount } from '../../registry/menu-counts.ts';
import { vietnamDay } from '../../timing/vietnam-time.ts';
import { addUp } from '../database/add-up.ts';
import type { Session } from '../database/session.ts';
import { readUtc } from '../database/utc.ts';

/** Long enough to compare a month with the same one of last year. A range begins with its whole day, so a little longer. */
const keptDays = maxFiguresDays + 2;

const event = 'VARCHAR(20)';
const hourCounts = { name: 'menu_hour_counts', key: { hour: 'DATETIME', event }, sums: ['calls'] } as const;
const dayCounts = { name: 'menu_day_counts', key: { day: 'DATE', event }, sums: ['calls'] } as const;

/**
 * Keeps counts, at least one, and adds them to those of the hour and the day; a minute that is there stays, and is not added again.
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
  const sums = added.map(({ minute, event, calls }) => ({
    hour: `${minute.slice(0, 13)}:00:00`,
    day: vietnamDay(readUtc(minute)),
    ...{ event, calls },
  }));
  await addUp(session, hourCounts, sums);
  await addUp(session, dayCounts, sums);
}

/** Deletes up to `count` that are too old, and as many of hours and days; returns how many. Needs no transaction. */
export async function deleteOld(session: Session, count: number): Promise<number> {
  let deleted = 0;
  for (const [table, time] of [
    ['menu_counts', 'minute'],
    [hourCounts.name, 'hour'],
    [dayCounts.name, 'day'],
  ] as const)
    // prettier-ignore
    deleted += await session.change(
      `DELETE FROM ${table} WHERE ${time} < UTC_TIMESTAMP() - INTERVAL ? DAY ORDER BY ${time} LIMIT ?`,
      [String(keptDays), String(count)],
    );
  return deleted;
}
