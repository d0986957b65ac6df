/** What `hotline doctor` wants to know of the database server. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createConnection, type Connection, type RowDataPacket } from 'mysql2/promise';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import { describeDatabaseError } from './database-error.ts';
import { readDatabaseUrl } from './database-url.ts';

export interface DatabaseFacts {
  readonly version: string;
  /** Of the application's user, as SHOW GRANTS says them, without password hashes. */
  readonly grants: readonly string[];
  /** 1: each commit is on the disk before it is answered. */
  readonly flushAtCommit: string;
  /** Whether the connection is encrypted. */
  readonly isEncrypted: boolean;
  /** Number of the newest migration it has, and of the newest of this program. */
  readonly schemaVersion: number;
  readonly newestMigration: number;
  /** Whether anybody is registered. */
  readonly hasAccounts: boolean;
  /** About how many rows the audit log has (its highest id). */
  readonly auditRows: number;
  /** Audit rows among the newest 10,000 that ended more than a minute ago and have no seal. */
  readonly unsealedLate: number;
}

const late = `
  SELECT COUNT(*) AS number FROM (SELECT id, closed_at FROM audit_log ORDER BY id DESC LIMIT 10000) AS newest
  LEFT JOIN audit_sealed_rows ON row_id = id
  WHERE row_id IS NULL AND newest.closed_at < UTC_TIMESTAMP(3) - INTERVAL 60 SECOND`;

/** Connects as the application does. @throws RegistryUnavailable, DatabaseUrlError */
export async function readDatabaseFacts(databaseUrl: string): Promise<DatabaseFacts> {
  let connection;
  try {
    connection = await createConnection({ ...readDatabaseUrl(databaseUrl), connectTimeout: 5000 });
    connection.on('error', () => undefined); // the statement that it breaks rejects as well
    const [[version]] = await connection.query<RowDataPacket[]>(
      'SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush',
    );
    const [grants] = await connection.query<RowDataPacket[]>('SHOW GRANTS');
    const [[cipher]] = await connection.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    return {
      version: String(version?.['version']),
      grants: grants.map((row) =>
        String(Object.values(row)[0]).replace(/ IDENTIFIED BY PASSWORD '[^']*'/, ''),
      ),
      flushAtCommit: String(version?.['flush']),
      isEncrypted: String(cipher?.['Value'] ?? '') !== '',
      schemaVersion: await number(
        connection,
        'SELECT COALESCE(MAX(version), 0) AS number FROM schema_version',
      ),
      newestMigration: Math.max(
        ...readdirSync(join(import.meta.dirname, '../schema/migrations')).map((name) =>
          Number.parseInt(name, 10),
        ),
      ),
      hasAccounts: (await number(connection, 'SELECT EXISTS (SELECT 1 FROM accounts) AS number')) === 1,
      auditRows: await number(connection, 'SELECT COALESCE(MAX(id), 0) AS number FROM audit_log'),
      unsealedLate: await number(connection, late),
    };
  } catch (error) {
    throw new RegistryUnavailable(`the database cannot be asked: ${describeDatabaseError(error)}`);
  } finally {
    connection?.destroy();
  }
}

async function number(connection: Connection, sql: string): Promise<number> {
  const [[row]] = await connection.query<RowDataPacket[]>(sql);
  return Number(row?.['number']);
}
