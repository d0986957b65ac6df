import {
  createConnection,
  type Connection,
  type ConnectionOptions,
  type RowDataPacket,
} from 'mysql2/promise';
import { requireWholeSchema, type Select } from '../schema/schema-check.ts';
import { readDatabaseUrl } from './database-url.ts';
import { setUpSession, type SessionSetUp } from './session-set-up.ts';

/** What a connection needs beyond its URL. */
export interface ConnectionNeeds
  extends
    Pick<ConnectionOptions, 'connectTimeout' | 'flags' | 'multipleStatements'>,
    Pick<SessionSetUp, 'lockWaitSeconds'> {
  /** False for a user who may not have a right to the database yet. Default true. */
  selectDatabase?: boolean;
  /** False for what makes the schema or looks at it. Default true: a schema that is not whole is refused. */
  wholeSchema?: boolean;
  /** The tables that a user sees who may not see all. Default: all must be there. */
  tables?: readonly string[];
}

/**
 * Runs `work` on a connection of its own and closes the connection afterwards, in any case and without
 * waiting for the server. Locks and temporary tables of the connection go with it.
 *
 * @param url see {@link readDatabaseUrl}
 * @throws DatabaseUrlError; SchemaError; errors of mysql2, which the caller translates
 */
export async function withConnection<T>(
  url: string,
  { selectDatabase = true, wholeSchema = true, tables, lockWaitSeconds = 10, ...options }: ConnectionNeeds,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const { database, ...server } = readDatabaseUrl(url);
  const connection = await createConnection({ ...server, ...(selectDatabase && { database }), ...options });
  // A lost connection rejects the statement under way and emits this too, which unhandled would end the process.
  connection.on('error', () => undefined);
  try {
    for (const statement of setUpSession({ lockWaitSeconds })) await connection.query(statement);
    if (wholeSchema) await requireWholeSchema(selectOn(connection), tables);
    return await work(connection);
  } finally {
    connection.destroy();
  }
}

/** SELECTs on a connection of one's own. */
export function selectOn(connection: Connection): Select {
  return async <Row extends object>(sql: string, values: readonly string[]) => {
    const [rows] = await connection.query<RowDataPacket[]>(sql, [...values]);
    return rows as Row[];
  };
}
