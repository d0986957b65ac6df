/** The statements that keep the sessions of the console. */
import type { OpenSession, Role, SessionContent } from '../../registry/console-users.ts';
import type { Session } from '../database/session.ts';
import { secretKey } from './secret-key.ts';

const idleMinutes = 30;
const longestHours = 12;

/** Whether `s` of console_sessions, of the user `u`, has not ended. */
export const isOpen = `s.generation = u.generation AND s.ended_at IS NULL AND u.disabled_at IS NULL
  AND s.seen_at > UTC_TIMESTAMP(3) - INTERVAL ${idleMinutes} MINUTE AND s.created_at > UTC_TIMESTAMP(3) - INTERVAL ${longestHours} HOUR`;

const aMinuteAgo = 'UTC_TIMESTAMP(3) - INTERVAL 1 MINUTE';

interface SessionRow {
  user: string;
  role: Role;
  generation: number;
  data: string;
  isTouchDue: 0 | 1;
}

export async function read(session: Session, id: string): Promise<OpenSession | null> {
  const [row] = await session.select<SessionRow>(
    `SELECT u.name AS user, u.role, s.generation, s.data, s.seen_at <= ${aMinuteAgo} AS isTouchDue
     FROM console_sessions AS s JOIN console_users AS u ON u.name = s.user_name WHERE s.session_key = UNHEX(?) AND ${isOpen}`,
    [secretKey(id)],
  );
  if (row === undefined) return null;
  const data = JSON.parse(row.data) as OpenSession['data'];
  return { ...row, data, isTouchDue: row.isTouchDue === 1 };
}

/** Of a generation that is over, a new row is one that has ended. */
export async function write(
  session: Session,
  id: string,
  { user, generation, data }: SessionContent,
): Promise<void> {
  const json = JSON.stringify(data);
  await session.change(
    `INSERT INTO console_sessions (session_key, user_name, generation, created_at, seen_at, data)
     VALUES (UNHEX(?), ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3), ?)
     ON DUPLICATE KEY UPDATE data = IF(ended_at IS NULL AND user_name = ?, ?, data)`,
    [secretKey(id), user, generation, json, user, json],
  );
}

export async function touch(session: Session, id: string): Promise<void> {
  await session.change(
    `UPDATE console_sessions AS s JOIN console_users AS u ON u.name = s.user_name SET s.seen_at = UTC_TIMESTAMP(3)
     WHERE s.session_key = UNHEX(?) AND s.seen_at <= ${aMinuteAgo} AND ${isOpen}`,
    [secretKey(id)],
  );
}

/**
 * The user whose session has ended now; null: it was not open. The row stays until it is purged: a request that is
 * still under way must not begin the session again.
 */
export async function end(session: Session, id: string): Promise<string | null> {
  const open = await read(session, id);
  const ended = await session.change(
    'UPDATE console_sessions SET ended_at = UTC_TIMESTAMP(3) WHERE session_key = UNHEX(?) AND ended_at IS NULL',
    [secretKey(id)],
  );
  return ended === 1 && open !== null ? open.user : null;
}

/** Deletes up to `count` that began so long ago that they have ended; returns how many. */
export function deleteOld(session: Session, count: number): Promise<number> {
  return session.change(
    'DELETE FROM console_sessions WHERE created_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY ORDER BY created_at LIMIT ?',
    [String(count)],
  );
}
