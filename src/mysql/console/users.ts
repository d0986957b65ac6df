/** The statements that keep the users of the console. */
import type { ConsoleUser, NewConsoleUser, Role } from '../../registry/console-users.ts';
import type { Session, Value } from '../database/session.ts';
import { isOpen } from './sessions.ts';
import { secretKey } from './secret-key.ts';

/** False: the name is taken. One statement. */
export async function add(session: Session, { name, role, passwordHash }: NewConsoleUser): Promise<boolean> {
  const added = await session.change(
    `INSERT IGNORE INTO console_users (name, role, password_hash, created_at, password_changed_at)
     VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
    [name, role, passwordHash],
  );
  return added === 1;
}

const epochMs = (column: string) => `TIMESTAMPDIFF(MICROSECOND, '1970-01-01', ${column}) DIV 1000`;

interface UserRow {
  name: string;
  role: Role;
  createdMs: number;
  passwordMs: number;
  signInMs: number | null;
  disabledMs: number | null;
  openSessions: number;
}

/** One statement. */
export async function list(session: Session): Promise<ConsoleUser[]> {
  const rows = await session.select<UserRow>(
    `SELECT u.name, u.role, ${epochMs('u.created_at')} AS createdMs, ${epochMs('u.password_changed_at')} AS passwordMs,
            ${epochMs('u.last_sign_in_at')} AS signInMs, ${epochMs('u.disabled_at')} AS disabledMs,
            (SELECT COUNT(*) FROM console_sessions AS s WHERE s.user_name = u.name AND ${isOpen}) AS openSessions
     FROM console_users AS u ORDER BY u.name`,
    [],
  );
  const time = (ms: number | null) => (ms === null ? null : new Date(ms));
  return rows.map(({ createdMs, passwordMs, signInMs, disabledMs, ...user }) => ({
    ...user,
    createdAt: new Date(createdMs),
    passwordChangedAt: new Date(passwordMs),
    lastSignInAt: time(signInMs),
    disabledAt: time(disabledMs),
  }));
}

/** Needs a transaction, as all below. False: no such user. */
export async function disable(session: Session, name: string): Promise<boolean> {
  const assignments = 'disabled_at = COALESCE(disabled_at, UTC_TIMESTAMP(3)), generation = generation + 1';
  const isThere = await set(session, name, assignments, []);
  await forgetBrowsers(session, name);
  return isThere;
}

export function enable(session: Session, name: string): Promise<boolean> {
  return set(session, name, 'disabled_at = NULL', []);
}

export function setRole(session: Session, name: string, role: Role): Promise<boolean> {
  return set(session, name, 'role = ?', [role]);
}

export async function setPassword(
  session: Session,
  name: string,
  passwordHash: string,
  keptSession?: string,
): Promise<boolean> {
  // The open session moves to the new generation first, while it can be told from those that have ended.
  if ((await lock(session, name)) && keptSession !== undefined)
    await session.change(
      `UPDATE console_sessions AS s JOIN console_users AS u ON u.name = s.user_name SET s.generation = u.generation + 1
       WHERE s.session_key = UNHEX(?) AND s.user_name = ? AND ${isOpen}`,
      [secretKey(keptSession), name],
    );
  const isThere = await set(
    session,
    name,
    'password_hash = ?, password_changed_at = UTC_TIMESTAMP(3), generation = generation + 1',
    [passwordHash],
  );
  await forgetBrowsers(session, name);
  return isThere;
}

/** Ends all sessions. */
export function endSessions(session: Session, name: string): Promise<boolean> {
  return set(session, name, 'generation = generation + 1', []);
}

/** The browser of somebody who had the old password must not count as the user's own. */
async function forgetBrowsers(session: Session, name: string): Promise<void> {
  await session.change('DELETE FROM console_browsers WHERE user_name = ?', [name]);
}

/** Whether there is such a user; nobody else changes them until the transaction ends. */
async function lock(session: Session, name: string): Promise<boolean> {
  const found = await session.select('SELECT name FROM console_users WHERE name = ? FOR UPDATE', [name]);
  return found.length === 1;
}

/** A row that stays as it was does not count as changed, so it is looked for first. */
async function set(
  session: Session,
  name: string,
  assignments: string,
  values: readonly Value[],
): Promise<boolean> {
  if (!(await lock(session, name))) return false;
  await session.change(`UPDATE console_users SET ${assignments} WHERE name = ?`, [...values, name]);
  return true;
}
