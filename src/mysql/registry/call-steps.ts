/** The statements that keep and purge the steps of calls. */
import type { KeptSteps } from '../../registry/call-records.ts';
import type { Session } from '../database/session.ts';

/** Keeps the steps of calls, at least one, unless they have some. One statement. */
export async function keep(session: Session, kept: readonly KeptSteps[]): Promise<void> {
  await session.change(
    `INSERT INTO call_steps (call_id, kept_at, steps) VALUES ${kept.map(() => '(?, UTC_TIMESTAMP(3), ?)').join(', ')}
     ON DUPLICATE KEY UPDATE call_id = call_steps.call_id`,
    kept.flatMap(({ callId, steps }) => [callId, steps]),
  );
}

/** Deletes up to `count` that were kept so many days ago; returns how many. Needs no transaction. */
export function deleteOld(session: Session, days: number, count: number): Promise<number> {
  return session.change(
    'DELETE FROM call_steps WHERE kept_at < UTC_TIMESTAMP(3) - INTERVAL ? DAY ORDER BY kept_at LIMIT ?',
    [String(days), String(count)],
  );
}
