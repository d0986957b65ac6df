import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { databaseErrorCode, describeDatabaseError } from '../database/database-error.ts';
import { readDatabaseUrl } from '../database/database-url.ts';
import { ExpectedError } from '../../expected-error.ts';

/** A command about the audit log could not be carried out. One sentence; carries no statement and no value. */
export class AuditCommandFailed extends ExpectedError {
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
  const server = readDatabaseUrl(url);
  let connection: Connection | undefined;
  try {
    connection = await createConnection({ ...server, flags: ['-FOUND_ROWS'] });
    connection.on('error', () => undefined); // the statement that it breaks rejects as well
    await connection.query("SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = 10");
    return await work(connection);
  } catch (error) {
    throw databaseErrorCode(error) === null
      ? error
      : new AuditCommandFailed(`The database failed: ${describeDatabaseError(error)}`);
  } finally {
    connection?.destroy();
  }
}
