/** The statements that keep and purge the counts of the menu. */
import type { MenuCount } from '../../registry/menu-counts.ts';
import type { Session } from '../database/session.ts';

/** Rows of one statement. */
const batchRows = 200;
/** Long enough to compare a month with the same one of last year. */
const keptDays = 400;

/** Keeps counts; a row that is there stays. */
export async function keep(session: Session, node: string, counts: readonly MenuCount[]): Promise<void> {
  for (let at = 0; at < counts.length; at += batchRows) {
    const rows = counts.slice(at, at + batchRows);
    await session.change(
      `INSERT INTO menu_counts (minute, node, event, calls) VALUES ${rows.map(() => '(?, ?, ?, ?)').join(', ')}
       ON DUPLICATE KEY UPDATE calls = menu_counts.calls`,
      rows.flatMap(({ minute, event, calls }) => [
        `${minute.slice(0, 16).replace('T', ' ')}:00`,
        node,
        event,
        calls,
      ]),
    );
  }
}

/** Deletes up to `count` that are too old; returns how many. Needs no transaction. */
export function deleteOld(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM menu_counts WHERE minute < UTC_TIMESTAMP() - INTERVAL ? DAY ORDER BY minute LIMIT ?',
    [String(keptDays), String(count)],
  );
}
