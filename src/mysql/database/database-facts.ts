/** What `hotline doctor` asks the database server. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import {
  compareRights,
  readDatabaseName,
  readGrants,
  type RightsFault,
} from '../schema/application-rights.ts';
import { findSchemaFault } from '../schema/schema-check.ts';
import { describeDatabaseError } from './database-error.ts';
import { selectOn, withConnection } from './with-connection.ts';

export interface DatabaseFacts {
  readonly version: string;
  /** The application user's, as SHOW GRANTS prints them, without password hashes. */
  readonly grants: readonly string[];
  /** Its rights to single tables, compared with what the application needs; null if the schema is not whole. */
  readonly rights: RightsFault | null;
  /** Whether the connection is encrypted. */
  readonly isEncrypted: boolean;
  /** The server's settings, as far as they are {@link variables looked at}; one that it does not have is absent. */
  readonly settings: Readonly<Record<string, string>>;
  /** How far its clock is ahead of this machine's, ms. */
  readonly clockAheadMs: number;
  /** What is wrong with the schema, and what to do; null if it is whole. */
  readonly schemaFault: string | null;
  /** Why it takes no changes; null if it does. */
  readonly writeFault: string | null;
  /** About the rows; null if the schema is not whole. */
  readonly rows: RowFacts | null;
}

export interface RowFacts {
  /** Whether there is any account. */
  readonly hasAccounts: boolean;
  /** About how many rows the audit log has (its highest id). */
  readonly auditRows: number;
  /** Audit rows among the newest 10,000 that ended more than a minute ago and have no seal. */
  readonly unsealedLate: number;
  /** How the calls among the newest 10,000 rows that ended within 24 hours ended. */
  readonly dayEndings: readonly EndingCount[];
}

/** How many calls ended in one way. */
export interface EndingCount {
  readonly outcome: string;
  readonly reason: string;
  readonly identity: string | null;
  readonly number: number;
}

const variables = [
  'binlog_format',
  'general_log',
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'log_output',
  'max_connections',
  'max_prepared_stmt_count',
  'max_user_connections',
  'server_audit_logging',
  'slow_query_log',
  'sync_binlog',
];

const countUnsealedLate = `
  SELECT COUNT(*) AS number FROM (SELECT id, closed_at FROM audit_log ORDER BY id DESC LIMIT 10000) AS newest
  LEFT JOIN audit_sealed_rows ON row_id = id
  WHERE row_id IS NULL AND newest.closed_at < UTC_TIMESTAMP(3) - INTERVAL 60 SECOND`;

const countDayEndings = `
  SELECT outcome, reason, identity, COUNT(*) AS number
  FROM (SELECT outcome, reason, identity, closed_at, by_user FROM audit_log ORDER BY id DESC LIMIT 10000) AS newest
  WHERE newest.by_user IS NULL AND newest.closed_at > UTC_TIMESTAMP(3) - INTERVAL 1 DAY GROUP BY outcome, reason, identity`;

/** Connects as the application does. @throws RegistryUnavailable; DatabaseUrlError */
export async function readDatabaseFacts(databaseUrl: string): Promise<DatabaseFacts> {
  try {
    return await withConnection(
      databaseUrl,
      { connectTimeout: 5000, lockWaitSeconds: 3, wholeSchema: false },
      readFacts,
    );
  } catch (error) {
    throw new RegistryUnavailable(`the database cannot be asked: ${describeDatabaseError(error)}`);
  }
}

async function readFacts(connection: Connection): Promise<DatabaseFacts> {
  const [[server]] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version');
  const select = selectOn(connection);
  const grants = await readGrants(select, await readDatabaseName(select));
  const [[cipher]] = await connection.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  const schemaFault = await findSchemaFault(select);
  return {
    version: String(server?.['version']),
    grants: grants.map((grant) => grant.replace(/ IDENTIFIED BY PASSWORD '[^']*'/, '')),
    rights: schemaFault === null ? await compareRights(select) : null,
    isEncrypted: String(cipher?.['Value'] ?? '') !== '',
    settings: await readSettings(connection),
    clockAheadMs: await compareClocks(connection),
    schemaFault,
    writeFault: schemaFault === null ? await findWriteFault(connection) : null,
    rows: schemaFault === null ? await readRows(connection) : null,
  };
}

async function readSettings(connection: Connection): Promise<Record<string, string>> {
  const [rows] = await connection.query<RowDataPacket[]>('SHOW GLOBAL VARIABLES WHERE variable_name IN (?)', [
    variables,
  ]);
  return Object.fromEntries(
    rows.map((row) => [String(row['Variable_name']).toLowerCase(), String(row['Value'])]),
  );
}

async function compareClocks(connection: Connection): Promise<number> {
  const before = Date.now();
  const there = await readNumber(
    connection,
    "SELECT TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS number",
  );
  return Math.round(there - (before + Date.now()) / 2);
}

/** Tries a change that changes nothing. */
async function findWriteFault(connection: Connection): Promise<string | null> {
  try {
    await connection.query('UPDATE limit_locks SET turns = turns WHERE bucket = 0');
    return null;
  } catch (error) {
    return describeDatabaseError(error);
  }
}

async function readRows(connection: Connection): Promise<RowFacts> {
  const read = (sql: string) => readNumber(connection, sql);
  return {
    hasAccounts: (await read('SELECT EXISTS (SELECT 1 FROM accounts) AS number')) === 1,
    auditRows: await read('SELECT COALESCE(MAX(id), 0) AS number FROM audit_log'),
    unsealedLate: await read(countUnsealedLate),
    dayEndings: await readEndings(connection),
  };
}

async function readEndings(connection: Connection): Promise<EndingCount[]> {
  const [rows] = await connection.query<(EndingCount & RowDataPacket)[]>(countDayEndings);
  return rows.map((row) => ({ ...row, number: Number(row.number) }));
}

async function readNumber(connection: Connection, sql: string): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(sql);
  return Number(row?.['number']);
}
