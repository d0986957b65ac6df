import type { Connection, RowDataPacket } from 'mysql2/promise';
import { databaseErrorCode, describeDatabaseError } from '../database/database-error.ts';
import { withConnection } from '../database/with-connection.ts';

/** A command about the audit log could not be carried out. One sentence; carries no statement and no value. */
export class AuditCommandFailed extends Error {
  override readonly name = 'AuditCommandFailed';
}

/** Rows of one SELECT. */
export async function select<Row>(
  connection: Connection,
  sql: string,
  values: readonly (string | number)[] = [],
): Promise<Row[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
  return rows as Row[];
}

/**
 * Runs `work` on a connection of its own, which sees times in UTC, and closes it.
 *
 * @throws AuditCommandFailed for an error of the database; DatabaseUrlError
 */
export async function onAuditConnection<T>(
  url: string,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const session = ["SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 10"];
  try {
    return await withConnection(url, { flags: ['-FOUND_ROWS'], session }, work);
  } catch (error) {
    throw databaseErrorCode(error) === null
      ? error
      : new AuditCommandFailed(`The database failed: ${describeDatabaseError(error)}`);
  }
}
