/** The database server that everything is measured on, with a schema of its own for each size. */
import { createConnection, type Connection } from 'mysql2/promise';
import { migrate } from '../../src/mysql/schema/migrate.ts';
import { startDatabase, type Database } from '../../tests/support/engine/databases.ts';
import { fill, type Size } from './fill.ts';

/** A filled schema. */
export interface Schema extends Size {
  /** `40 million accounts, 30 million rows`. */
  readonly title: string;
  /** Of the owner, and of the application. */
  readonly url: string;
  readonly applicationUrl: string;
}

/**
 * While a schema is filled. A crash would cost the run, and nothing else. Pages are filled as far as random inserts
 * leave them: in a full one each row that is added moves half of the others, and reads the neighbours.
 */
const fast = [
  'innodb_flush_log_at_trx_commit = 0',
  'innodb_log_file_size = 4294967296',
  'innodb_fill_factor = 70',
];
/** Those of MariaDB, with which it is installed. */
const shipped = [
  'innodb_flush_log_at_trx_commit = 1',
  'innodb_log_file_size = 100663296',
  'innodb_fill_factor = 100',
];

export function startServer(memory: string | null): Promise<Database> {
  // Sorting only: it cannot be changed while the server runs.
  const options = ['--innodb-sort-buffer-size=64M', ...(memory === null ? [] : [`--innodb-buffer-pool-size=${memory}`])]; // prettier-ignore
  return startDatabase('mariadb', { options });
}

export async function addSchema(
  server: Database,
  name: string,
  size: Size,
  say: (line: string) => void,
): Promise<Schema> {
  await server.administer(
    `CREATE DATABASE ${name}; GRANT ALL ON ${name}.* TO 'hotline'@'%' WITH GRANT OPTION;`,
  );
  const schema = schemaOf(server, name, size);
  await migrate(schema.url, { applicationUrl: schema.applicationUrl });
  await set(server, fast);
  await fill(
    (work) => withOwner(schema, work),
    size,
    (line) => say(`${name}: ${line}`),
  );
  await set(server, shipped);
  return schema;
}

export function schemaOf(
  { url, applicationUrl }: Pick<Database, 'url' | 'applicationUrl'>,
  name: string,
  { accounts, rows }: Size,
): Schema {
  const millions = (count: number) => `${count / 1_000_000} million`;
  return {
    ...{ accounts, rows, title: `${millions(accounts)} accounts, ${millions(rows)} rows` },
    url: inSchema(url, name),
    applicationUrl: inSchema(applicationUrl, name),
  };
}

const inSchema = (url: string, name: string) => url.replace(/[^/]+$/, name);

export async function withOwner<T>(
  { url }: Pick<Schema, 'url'>,
  work: (connection: Connection) => Promise<T>,
): Promise<T> {
  const connection = await createConnection({ uri: url });
  try {
    return await work(connection);
  } finally {
    connection.destroy();
  }
}

function set(server: Database, variables: readonly string[]): Promise<void> {
  return server.administer(variables.map((each) => `SET GLOBAL ${each};`).join(' '));
}
