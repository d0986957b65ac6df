import { createConnection, type Connection, type ConnectionOptions } from 'mysql2/promise';
import { readDatabaseUrl } from './database-url.ts';

/** What a connection needs beyond its URL. */
export interface ConnectionNeeds extends Pick<
  ConnectionOptions,
  'connectTimeout' | 'flags' | 'multipleStatements'
> {
  /** False for a user who may not have a right to the database yet. Default true. */
  selectDatabase?: boolean;
  /** Statements that set up the session, run in order before the work. */
  session?: readonly string[];
}

/**
 * Runs `work` on a connection of its own and closes the connection afterwards, in any case and without
 * waiting for the server. Locks and temporary tables of the connection go with it.
 *
 * @param url see {@link readDatabaseUrl}
 * @throws DatabaseUrlError; errors of mysql2, which the caller translates
 */
export async function withConnection<T>(
  url: string,
  { selectDatabase = true, session = [], ...options }: ConnectionNeeds,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { database, ...server } = readDatabaseUrl(url);
  const connection = await createConnection({ ...server, ...(selectDatabase && { database }), ...options });
  // A lost connection rejects the statement under way and emits this too, which unhandled would end the process.
  connection.on('error', () => undefined);
  try {
    for (const statement of session) await connection.query(statement);
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
