/**
 * What the application's database user may do, table by table. It can read and extend the audit log
 * and its seals, and nothing else: neither a fault nor an intruder in the application can change
 * what was recorded (docs/adr/0017).
 */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { selectOn, withConnection } from '../database/with-connection.ts';
import { shippedTables, type Select } from './schema-check.ts';

const readAndAdd = 'SELECT, INSERT';

const phoneResets = 'phone_resets, phone_resets_since, phone_resets_by, phone_resets_reason';

/** Tables that need less than {@link ordinary}. */
const rights: Record<string, string> = {
  // It finds an account, changes what a reset changes, notes until when that is valid, and blocks resets by phone; it
  // reads no hash. Which phone belongs to which code, only the import decides.
  accounts: `SELECT (id, bhxh_code, phone, password_expires_at, ${phoneResets}),
    UPDATE (password_hash, must_change, password_expires_at, updated_at, ${phoneResets})`,
  // Which codes are one person's, only the import decides, too.
  account_codes: 'SELECT',
  // The login side's. The application only deletes old rows.
  login_guesses: 'SELECT (guessed_at), DELETE',
  audit_log: readAndAdd,
  audit_seals: readAndAdd,
  audit_sealed_rows: readAndAdd,
  audit_checkpoints: 'SELECT',
  audit_sweep: 'SELECT, UPDATE',
  // Nobody vanishes: a name in the audit log stays one person's.
  console_users: 'SELECT, INSERT, UPDATE',
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
    const select = selectOn(connection);
    const user = await readCurrentUser(select);
    if (user === (await readCurrentUser(selectOn(owner))))
      return 'the application and the owner of the schema (DATABASE_OWNER_URL) are one user, so the audit log can be changed by either';
    const granted = await readGrantedRights(select, database, user);
    for (const table of await listTables(owner)) {
      const on = `ON \`${database}\`.\`${table}\``;
      const needed = neededRights(table);
      for (const right of granted)
        if (right.table === table && !needed.includes(right.spelled))
          await owner.query(`REVOKE ${right.spelled} ${on} FROM ${user}`);
      await owner.query(`GRANT ${needed.join(', ')} ${on} TO ${user}`);
    }
    return warnOfWideRights(select, database, user);
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
async function readGrantedRights(select: Select, database: string, user: string): Promise<GrantedRight[]> {
  const rows = await select<{ tableName: string; spelled: string }>(
    `SELECT table_name AS tableName, privilege_type AS spelled FROM information_schema.table_privileges WHERE table_schema = ? AND grantee = ?
     UNION SELECT table_name, 'GRANT OPTION' FROM information_schema.table_privileges WHERE table_schema = ? AND grantee = ? AND is_grantable = 'YES'
     UNION SELECT table_name, CONCAT(privilege_type, ' (', column_name, ')') FROM information_schema.column_privileges
     WHERE table_schema = ? AND grantee = ?`,
    [database, user, database, user, database, user],
  );
  const granted = rows
    .map(({ tableName, spelled }) => ({ table: tableName, spelled }))
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

/** Compares what the connection's user may do, with this program's tables and others, with what the application needs. */
export async function compareRights(select: Select): Promise<RightsFault> {
  const granted = await readGrantedRights(
    select,
    await readDatabaseName(select),
    await readCurrentUser(select),
  );
  const spell = (table: string, right: string) => `${right} on ${table}`;
  const all = new Set([...shippedTables(), ...granted.map(({ table }) => table)]);
  const needed = [...all].flatMap((table) => neededRights(table).map((right) => spell(table, right)));
  const held = granted.map(({ table, spelled }) => spell(table, spelled));
  return {
    excess: held.filter((right) => !needed.includes(right)),
    missing: needed.filter((right) => !held.includes(right)),
  };
}

/**
 * Which rights the connection's user lacks to serve calls, with what to do; null if none is known to be missing. Grants
 * beyond single tables may stand for any of them.
 */
export async function findLackingRights(select: Select): Promise<string | null> {
  const { missing } = await compareRights(select);
  if (missing.length === 0) return null;
  if ((await readGrants(select, await readDatabaseName(select))).some(isWideGrant)) return null;
  return `its user lacks rights (${listRights(missing)}): run hotline migrate, which grants what is needed`;
}

/** At most three of them, and how many more there are. */
export function listRights(rights: readonly string[]): string {
  return rights.length <= 3
    ? rights.join(', ')
    : `${rights.slice(0, 3).join(', ')} and ${rights.length - 3} more`;
}

/** A grant on whole databases, or of a role, whose rights are not in the list. */
export function isWideGrant(grant: string): boolean {
  return isOnWholeDatabases(grant) || !/ ON /.test(grant);
}

function isOnWholeDatabases(grant: string): boolean {
  return /\bON (\*|`[^`]+`|[^.` ]+)\.\* TO /.test(grant) && !/^GRANT USAGE ON/.test(grant);
}

/**
 * What the connection's user was granted, as the server prints it, but for what everybody may do in other
 * databases: a new MariaDB lets anyone use `test`.
 */
export async function readGrants(select: Select, database: string): Promise<string[]> {
  const grants = (await select('SHOW GRANTS', [])).map((row) => String(Object.values(row)[0]));
  const own: string[] = [];
  for (const grant of grants) {
    const [, pattern] = / ON `([^`]+)`\.\* TO PUBLIC/.exec(grant) ?? [];
    if (pattern === undefined || (await isLike(select, database, pattern))) own.push(grant);
  }
  return own;
}

/** Whether a grant on the databases named by `pattern` (`test\_%`) reaches this one. */
async function isLike(select: Select, database: string, pattern: string): Promise<boolean> {
  const [row] = await select<{ isLike: number }>('SELECT ? LIKE ? AS isLike', [database, pattern]);
  return row!.isLike === 1;
}

/** The database that the connection uses. */
export async function readDatabaseName(select: Select): Promise<string> {
  const [row] = await select<{ name: string }>('SELECT DATABASE() AS name', []);
  return row!.name;
}

/** The account that the server has matched the connection to, as `'name'@'host'`. */
async function readCurrentUser(select: Select): Promise<string> {
  const [row] = await select<{ account: string }>('SELECT CURRENT_USER() AS account', []);
  const [, name = '', host = ''] = /^(.*)@([^@]*)$/.exec(row!.account) ?? [];
  return `'${name.replace(/['\\]/g, '')}'@'${host.replace(/['\\]/g, '')}'`;
}

async function listTables(owner: Connection): Promise<string[]> {
  const [rows] = await owner.query<RowDataPacket[]>(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY table_name`,
  );
  return rows.map((row) => String(row['name']));
}

/** A warning if the user has rights to whole databases, which include the audit log; else null. */
async function warnOfWideRights(select: Select, database: string, user: string): Promise<string | null> {
  return !(await readGrants(select, database)).some(isOnWholeDatabases)
    ? null
    : `${user} has rights to whole databases, so it can change the audit log: revoke them, then migrate again`;
}
