/** What `hotline doctor` asks the database server. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import { describeDatabaseError } from './database-error.ts';
import { withConnection } from './with-connection.ts';

export interface DatabaseFacts {
  readonly version: string;
  /** The application user's, as SHOW GRANTS prints them, without password hashes. */
  readonly grants: readonly string[];
  /** innodb_flush_log_at_trx_commit; 1: a commit is on disk before it is answered. */
  readonly flushAtCommit: string;
  /** Whether the connection is encrypted. */
  readonly isEncrypted: boolean;
  /** Number of the newest migration the database has, and of the newest of this program. */
  readonly schemaVersion: number;
  readonly newestMigration: number;
  /** Whether there is any account. */
  readonly hasAccounts: boolean;
  /** About how many rows the audit log has (its highest id). */
  readonly auditRows: number;
  /** Audit rows among the newest 10,000 that ended more than a minute ago and have no seal. */
  readonly unsealedLate: number;
}

const countUnsealedLate = `
  SELECT COUNT(*) AS number FROM (SELECT id, closed_at FROM audit_log ORDER BY id DESC LIMIT 10000) AS newest
  LEFT JOIN audit_sealed_rows ON row_id = id
  WHERE row_id IS NULL AND newest.closed_at < UTC_TIMESTAMP(3) - INTERVAL 60 SECOND`;

/** Connects as the application does. @throws RegistryUnavailable, for a wrong URL too */
export async function readDatabaseFacts(databaseUrl: string): Promise<DatabaseFacts> {
  try {
    return await withConnection(databaseUrl, { connectTimeout: 5000 }, readFacts);
  } catch (error) {
    throw new RegistryUnavailable(`the database cannot be asked: ${describeDatabaseError(error)}`);
  }
}

async function readFacts(connection: Connection): Promise<DatabaseFacts> {
  const [[server]] = await connection.query<RowDataPacket[]>(
    'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush',
  );
  const [grants] = await connection.query<RowDataPacket[]>('SHOW GRANTS');
  const [[cipher]] = await connection.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
  const readNumber = async (sql: string) => {
    const [[row]] = await connection.query<RowDataPacket[]>(sql);
    return Number(row?.['number']);
  };
  return {
    version: String(server?.['version']),
    grants: grants.map((row) => String(Object.values(row)[0]).replace(/ IDENTIFIED BY PASSWORD '[^']*'/, '')),
    flushAtCommit: String(server?.['flush']),
    isEncrypted: String(cipher?.['Value'] ?? '') !== '',
    schemaVersion: await readNumber('SELECT COALESCE(MAX(version), 0) AS number FROM schema_version'),
    newestMigration: readNewestMigration(),
    hasAccounts: (await readNumber('SELECT EXISTS (SELECT 1 FROM accounts) AS number')) === 1,
    auditRows: await readNumber('SELECT COALESCE(MAX(id), 0) AS number FROM audit_log'),
    unsealedLate: await readNumber(countUnsealedLate),
  };
}

/** Migrations are the .sql files of schema/; their names begin with their numbers. */
function readNewestMigration(): number {
  const migrations = readdirSync(join(import.meta.dirname, '../schema')).filter((name) =>
    name.endsWith('.sql'),
  );
  return Math.max(...migrations.map((name) => Number.parseInt(name, 10)));
}
