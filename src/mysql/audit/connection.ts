import type { Connection, RowDataPacket } from 'mysql2/promise';
import { databaseErrorCode, describeDatabaseError } from '../database/database-error.ts';
import { ExpectedError } from '../../expected-error.ts';
import { withConnection, type ConnectionNeeds } from '../database/with-connection.ts';

/** A command on the audit log could not be carried out. One sentence, without statement or values. */
export class AuditCommandFailed extends ExpectedError {
  override readonly name = 'AuditCommandFailed';
}

/** Returns the rows of a SELECT. */
export async function select<Row>(
  connection: Connection,
  sql: string,
  values: readonly (string | number)[] = [],
): Promise<Row[]> {
  const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
  return rows as Row[];
}

/**
 * Runs `work` on a connection of its own, on which times are UTC, and closes it.
 *
 * @throws AuditCommandFailed for a database error; DatabaseUrlError
 */
export async function onAuditConnection<T>(
  url: string,
  work: (connection: Connection) => Promise<T>,
  needs: Pick<ConnectionNeeds, 'tables'> = {},
): Promise<T> {
  try {
    return await withConnection(url, { flags: ['-FOUND_ROWS'], ...needs }, work);
  } catch (error) {
    throw databaseErrorCode(error) === null
      ? error
      : new AuditCommandFailed(`The database failed: ${describeDatabaseError(error)}`);
  }
}
