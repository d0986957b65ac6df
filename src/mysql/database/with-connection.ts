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
 * Runs `work` on a connection of its own and closes it, whatever comes of the work. Waits for no
 * goodbye from the server: locks of the connection go with it.
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
  // The statement that a lost connection interrupts rejects too; unheard, the event would end the process.
  connection.on('error', () => undefined);
  try {
    for (const statement of session) await connection.query(statement);
    return await work(connection);
  } finally {
    connection.destroy();
  }
}
