/** Guesses that the login side has counted (docs/login-side.md). */
import type { Session } from '../database/session.ts';

/** Deletes up to `count` of them. A spoken password lasts for a day at most, unless it never expires. */
export function deleteOld(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM login_guesses WHERE guessed_at < UTC_TIMESTAMP(3) - INTERVAL 2 DAY ORDER BY guessed_at LIMIT ?',
    [String(count)],
  );
}
