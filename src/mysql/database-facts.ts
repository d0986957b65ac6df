/** What `hotline doctor` wants to know of the database server. */
import { createConnection, type RowDataPacket } from 'mysql2/promise';
import { RegistryUnavailable } from '../accounts/registry.ts';
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
}

/** Connects as the application does. @throws RegistryUnavailable, DatabaseUrlError */
export async function readDatabaseFacts(databaseUrl: string): Promise<DatabaseFacts> {
  let connection;
  try {
    connection = await createConnection({ ...readDatabaseUrl(databaseUrl), connectTimeout: 5000 });
    connection.on('error', () => undefined); // the statement that it breaks rejects as well
    const [[version]] = await connection.query<RowDataPacket[]>('SELECT VERSION() AS version, @@innodb_flush_log_at_trx_commit AS flush');
    const [grants] = await connection.query<RowDataPacket[]>('SHOW GRANTS');
    const [[cipher]] = await connection.query<RowDataPacket[]>("SHOW SESSION STATUS LIKE 'Ssl_cipher'");
    return {
      version: String(version?.['version']),
      grants: grants.map((row) => String(Object.values(row)[0]).replace(/ IDENTIFIED BY PASSWORD '[^']*'/, '')),
      flushAtCommit: String(version?.['flush']),
      isEncrypted: String(cipher?.['Value'] ?? '') !== '',
    };
  } catch (error) {
    throw new RegistryUnavailable(`the database cannot be asked: ${describeDatabaseError(error)}`);
  } finally {
    connection?.destroy();
  }
}
