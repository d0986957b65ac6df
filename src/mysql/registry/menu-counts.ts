/** The statements that keep and purge the counts of the menu. */
import type { MenuCount } from '../../registry/menu-counts.ts';
import type { Session } from '../database/session.ts';

/** Long enough to compare a month with the same one of last year. */
const keptDays = 400;

/** Keeps counts, at least one; a row that is there stays. One statement. */
export async function keep(session: Session, node: string, counts: readonly MenuCount[]): Promise<void> {
  await session.change(
    `INSERT INTO menu_counts (minute, node, event, calls) VALUES ${counts.map(() => '(?, ?, ?, ?)').join(', ')}
     ON DUPLICATE KEY UPDATE calls = menu_counts.calls`,
    counts.flatMap(({ minute, event, calls }) => [
      `${minute.slice(0, 16).replace('T', ' ')}:00`,
      node,
      event,
      calls,
    ]),
  );
}

/** Deletes up to `count` that are too old; returns how many. Needs no transaction. */
export function deleteOld(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM menu_counts WHERE minute < UTC_TIMESTAMP() - INTERVAL ? DAY ORDER BY minute LIMIT ?',
    [String(keptDays), String(count)],
  );
}
