/** One transaction on one connection. */
import type { Connection } from 'mysql2/promise';
import { describeDatabaseError, SessionLost } from './database-error.ts';
import type { Deadline } from './deadline.ts';
import { openSession, type Session } from './session.ts';

/**
 * Runs `work`, whose first statement begins the transaction, and then COMMIT, or ROLLBACK if it rejects.
 *
 * @param connection one that commits by transaction
 * @throws what `work` throws; SessionLost if it could not be rolled back
 */
export async function transact<T>(
  connection: Connection,
  deadline: Deadline,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  try {
    const result = await work(openSession(connection, deadline));
    await deadline.race(connection.query('COMMIT'));
    return result;
  } catch (error) {
    // Dropping the connection rolls back too, but not before the server notices.
    if (!deadline.isExpired) await rollBack(connection, deadline, error);
    throw error;
  }
}

async function rollBack(connection: Connection, deadline: Deadline, cause: unknown): Promise<void> {
  try {
    await deadline.race(connection.query('ROLLBACK'));
  } catch {
    throw new SessionLost(`the registry failed: ${describeDatabaseError(cause)}`);
  }
}
