/**
 * What the application's database user may do, table by table. The audit log and its seals it can
 * read and lengthen, and nothing else: neither a fault nor an intruder in the application can
 * change what was recorded (docs/adr/0017).
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { withConnection } from '../database/with-connection.ts';

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
 * Gives the user of `application` what the application needs in every table of the schema, and
 * takes back what it has been given there beyond that; to be repeated after each migration. Returns
 * a warning, or null: rights to more than single tables are reported, not taken away.
 *
 * @param owner a connection of the schema's owner, who holds GRANT OPTION
 */
export async function grantApplicationRights(
  owner: Connection,
  database: string,
  applicationUrl: string,
): Promise<string | null> {
  return withConnection(applicationUrl, { selectDatabase: false }, async (connection) => {
    const user = await currentUser(connection);
    if (user === (await currentUser(owner)))
      return 'the application and the owner of the schema are one user, so the audit log can be changed by either';
    const granted = await grantedRights(connection, database, user);
    for (const table of await tables(owner)) {
      const on = `ON \`${database}\`.\`${table}\``;
      const needed = rights[table] ?? ordinary;
      for (const right of granted)
        if (right.table === table && !includes(needed, right))
          await owner.query(`REVOKE ${right.spelled} ${on} FROM ${user}`);
      await owner.query(`GRANT ${needed} ${on} TO ${user}`);
    }
    return tooMuch(connection, user);
  });
}

/** A right to one table, or to some of its columns. */
interface GrantedRight {
  readonly table: string;
  /** As it is revoked, for example `DELETE`, or `UPDATE (phone)`. */
  readonly spelled: string;
}

/** As the user itself may read them: the owner may not see what others were given. Those to columns first, since revoking one to a table takes them along. */
async function grantedRights(
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

/** Whether `needed`, as in {@link rights}, has this right. */
function includes(needed: string, { spelled }: GrantedRight): boolean {
  const [, privilege = '', column] = /^(.*?)(?: \((.*)\))?$/.exec(spelled) ?? [];
  const ofColumns = new RegExp(`\\b${privilege} \\(([^)]*)\\)`).exec(needed)?.[1]?.split(', ');
  if (ofColumns !== undefined) return column !== undefined && ofColumns.includes(column);
  return needed.split(', ').includes(privilege);
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
  return wide.length === 0
    ? null
    : `${user} has rights to whole databases, so it can change the audit log: revoke them, then migrate again`;
}
