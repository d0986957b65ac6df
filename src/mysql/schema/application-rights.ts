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
  // It finds an account and changes what a reset changes; it reads no hash. Which phone belongs to which
  // code, only the import decides.
  accounts:
    'SELECT (id, bhxh_code, phone), UPDATE (password_hash, must_change, password_expires_at, updated_at)',
  audit_log: readAndAdd,
  audit_seals: readAndAdd,
  audit_sealed_rows: readAndAdd,
  audit_checkpoints: 'SELECT',
  audit_sweep: 'SELECT, UPDATE',
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
      const needed = neededRights(table);
      for (const right of granted)
        if (right.table === table && !needed.includes(right.spelled))
          await owner.query(`REVOKE ${right.spelled} ${on} FROM ${user}`);
      await owner.query(`GRANT ${needed.join(', ')} ${on} TO ${user}`);
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

/** One by one, as the server spells them: `SELECT (id)`, `SELECT (phone)`, … */
function neededRights(table: string): string[] {
  const all = rights[table] ?? ordinary;
  return [...all.matchAll(/(\w+)(?: \((.*?)\))?/g)].flatMap(([, privilege, columns]) =>
    columns === undefined ? [privilege!] : columns.split(', ').map((column) => `${privilege} (${column})`),
  );
}

/** Rights to single tables that the application's user has and does not need, or needs and has not. */
export interface RightsFault {
  /** For example `SELECT (password_hash) on accounts`. */
  readonly excess: readonly string[];
  readonly missing: readonly string[];
}

/**
 * Compares what the connection's user may do with what the application needs.
 *
 * @param tables of the schema; others are compared if the user has a right to them
 */
export async function compareRights(connection: Connection, tables: readonly string[]): Promise<RightsFault> {
  const [[row]] = await connection.query<RowDataPacket[]>('SELECT DATABASE() AS name');
  const user = await readCurrentUser(connection);
  const granted = await readGrantedRights(connection, String(row?.['name']), user);
  const spell = (table: string, right: string) => `${right} on ${table}`;
  const all = new Set([...tables, ...granted.map(({ table }) => table)]);
  const needed = [...all].flatMap((table) => neededRights(table).map((right) => spell(table, right)));
  const held = granted.map(({ table, spelled }) => spell(table, spelled));
  return {
    excess: held.filter((right) => !needed.includes(right)),
    missing: needed.filter((right) => !held.includes(right)),
  };
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
