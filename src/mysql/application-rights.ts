/**
 * What the application's database user may do, table by table. The audit log and its seals it can
 * read and lengthen, and nothing else: neither a fault nor an intruder in the application can
 * change what was recorded (docs/adr/0025).
 */
import { createConnection, type Connection, type ConnectionOptions, type RowDataPacket } from 'mysql2/promise';

const readAndAdd = 'SELECT, INSERT';

/** Tables that need less than {@link ordinary}. */
const rights: Record<string, string> = {
  // The columns a reset changes: whose phone belongs to whose code is the import's to say.
  accounts: 'SELECT, UPDATE (password_hash, must_change, password_expires_at, updated_at)',
  resets: 'SELECT, INSERT, UPDATE',
  audit_log: readAndAdd,
  audit_seals: readAndAdd,
  audit_sealed_rows: readAndAdd,
  audit_checkpoints: 'SELECT',
  schema_version: 'SELECT',
};

const ordinary = 'SELECT, INSERT, UPDATE, DELETE';

/**
 * Gives the user of `application` what the application needs in every table of the schema; to be
 * repeated after each migration. Returns a warning, or null: rights given elsewhere are reported,
 * not taken away.
 *
 * @param owner a connection of the schema's owner, who holds GRANT OPTION
 */
export async function grantApplicationRights(owner: Connection, database: string, application: ConnectionOptions): Promise<string | null> {
  const connection = await createConnection({ ...application, database: undefined as never });
  connection.on('error', () => undefined);
  try {
    const user = await currentUser(connection);
    if (user === (await currentUser(owner))) return 'the application and the owner of the schema are one user, so the audit log can be changed by either';
    for (const table of await tables(owner)) await owner.query(`GRANT ${rights[table] ?? ordinary} ON \`${database}\`.\`${table}\` TO ${user}`);
    return await tooMuch(connection, user);
  } finally {
    connection.destroy();
  }
}

/** As `'name'@'host'`: the account that the server has taken the connection for. */
async function currentUser(connection: Connection): Promise<string> {
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT CURRENT_USER() AS account');
  const [, name = '', host = ''] = /^(.*)@([^@]*)$/.exec(String(row?.['account'])) ?? [];
  return `'${name.replace(/['\\]/g, '')}'@'${host.replace(/['\\]/g, '')}'`;
}

async function tables(owner: Connection): Promise<string[]> {
  const [rows] = await owner.query<RowDataPacket[]>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  return rows.map((row) => String(row['name']));
}

/** Rights to the whole database or server reach the audit log too. */
async function tooMuch(connection: Connection, user: string): Promise<string | null> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GRANTS');
  const wide = rows
    .map((row) => String(Object.values(row)[0]))
    .filter((grant) => /\bON (\*|`[^`]+`|[^.` ]+)\.\* TO /.test(grant) && !/^GRANT USAGE ON/.test(grant));
  return wide.length === 0 ? null : `${user} has rights to whole databases, so it can change the audit log: revoke them, then migrate again`;
}
