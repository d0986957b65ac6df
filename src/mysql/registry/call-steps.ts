/** The statements that keep and purge the steps of calls. */
import type { Session } from '../database/session.ts';

/** Keeps the steps of a call, unless it has some. One statement. */
export async function keep(session: Session, callId: string, steps: string): Promise<void> {
  await session.change(
    `INSERT INTO call_steps (call_id, kept_at, steps) VALUES (?, UTC_TIMESTAMP(3), ?) ON DUPLICATE KEY UPDATE call_id = call_steps.call_id`,
    [callId, steps],
  );
}

/** Deletes up to `count` that were kept so many days ago; returns how many. Needs no transaction. */
export function deleteOld(session: Session, days: number, count: number): Promise<number> {
  return session.change(
    'DELETE FROM call_steps WHERE kept_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY ORDER BY kept_at LIMIT ?',
    [String(days), String(count)],
  );
}
