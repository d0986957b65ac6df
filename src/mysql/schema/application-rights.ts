/**
 * What the application's database user may do, table by table. It can read and extend the audit log
 * and its seals, and nothing else: neither a fault nor an intruder in the application can change
 * what was recorded (docs/adr/0017).
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { withConnection } from '../database/with-connection.ts';

const readAndAdd = 'SELECT, INSERT';

/** Tables that need less than {@link ordinary}. */
const rights: Record<string, string> = {
  // The columns that a reset changes. Which phone belongs to which code, only the import decides.
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
 * Grants the application's user what it needs in every table of the schema and revokes whatever
 * else it has there. Must run after each migration. Rights that reach beyond single tables are not
 * revoked; they are the warning it returns, or null without any.
 *
 * @param owner a connection of the schema's owner, who holds GRANT OPTION
 * @param applicationUrl DATABASE_URL
 */
export async function grantApplicationRights(
  owner: Connection,
  database: string,
  applicationUrl: string,
): Promise<string | null> {
  return withConnection(applicationUrl, { selectDatabase: false, wholeSchema: false }, async (connection) => {
    const user = await readCurrentUser(connection);
    if (user === (await readCurrentUser(owner)))
      return 'the application and the owner of the schema are one user, so the audit log can be changed by either';
    const granted = await readGrantedRights(connection, database, user);
    for (const table of await listTables(owner)) {
      const on = `ON \`${database}\`.\`${table}\``;
      const needed = rights[table] ?? ordinary;
      for (const right of granted)
        if (right.table === table && !includes(needed, right))
          await owner.query(`REVOKE ${right.spelled} ${on} FROM ${user}`);
      await owner.query(`GRANT ${needed} ${on} TO ${user}`);
    }
    return warnOfWideRights(connection, user);
  });
}

/** A right to one table, or to some of its columns. */
interface GrantedRight {
  readonly table: string;
  /** As it is revoked, for example `DELETE`, or `UPDATE (phone)`. */
  readonly spelled: string;
}

/**
 * Reads the rights as the user itself, since the owner may not see what others were granted. Rights
 * to columns come first: revoking a right to the table would take them along.
 */
async function readGrantedRights(
  connection: Connection,
  database: string,
  user: string,
): Promise<GrantedRight[]> {
  const [rows] = await connection.query<RowDataPacket[]>(
    `SELECT table_name AS tableName, privilege_type AS spelled FROM information_schema.table_privileges WHERE table_schema = ? AND grantee = ?
     UNION SELECT table_name, 'GRANT OPTION' FROM information_schema.table_privileges WHERE table_schema = ? AND grantee = ? AND is_grantable = 'YES'
     UNION SELECT table_name, CONCAT(privilege_type, ' (', column_name, ')') FROM information_schema.column_privileges
     WHERE table_schema = ? AND grantee = ?`,
    [database, user, database, user, database, user],
  );
  const granted = rows
    .map((row) => ({ table: String(row['tableName']), spelled: String(row['spelled']) }))
    .filter(({ spelled }) => spelled !== 'USAGE');
  return [
    ...granted.filter(({ spelled }) => spelled.includes('(')),
    ...granted.filter(({ spelled }) => !spelled.includes('(')),
  ];
}

/** Whether `needed`, written as in {@link rights}, includes this right. */
function includes(needed: string, { spelled }: GrantedRight): boolean {
  const [, privilege = '', column] = /^(.*?)(?: \((.*)\))?$/.exec(spelled) ?? [];
  const ofColumns = new RegExp(`\\b${privilege} \\(([^)]*)\\)`).exec(needed)?.[1]?.split(', ');
  if (ofColumns !== undefined) return column !== undefined && ofColumns.includes(column);
  return needed.split(', ').includes(privilege);
}

/** The account that the server has matched the connection to, as `'name'@'host'`. */
async function readCurrentUser(connection: Connection): Promise<string> {
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT CURRENT_USER() AS account');
  const [, name = '', host = ''] = /^(.*)@([^@]*)$/.exec(String(row?.['account'])) ?? [];
  return `'${name.replace(/['\\]/g, '')}'@'${host.replace(/['\\]/g, '')}'`;
}

async function listTables(owner: Connection): Promise<string[]> {
  const [rows] = await owner.query<RowDataPacket[]>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  return rows.map((row) => String(row['name']));
}

/** A warning if the user has rights to whole databases, which include the audit log; else null. */
async function warnOfWideRights(connection: Connection, user: string): Promise<string | null> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GRANTS');
  const wide = rows
    .map((row) => String(Object.values(row)[0]))
    .filter((grant) => /\bON (\*|`[^`]+`|[^.` ]+)\.\* TO /.test(grant) && !/^GRANT USAGE ON/.test(grant));
  return wide.length === 0
    ? null
    : `${user} has rights to whole databases, so it can change the audit log: revoke them, then migrate again`;
}
