/**
 * Turns errors of mysql2 into ones that may be logged. They carry the statement, and the server's
 * messages quote values (`Duplicate entry '0123456789'`), so neither may leave this folder: only the
 * symbolic code of an error is kept (I6).
 */
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import { describeTlsError } from './tls-error.ts';

/**
 * Codes that mean the transaction was rolled back and may be run again. ER_CHECKREAD is MariaDB's
 * (innodb_snapshot_isolation, on by default since 11.6) for a row that changed under a statement; it
 * occurs at READ COMMITTED too.
 */
const transient = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD']);

/** Common causes in words. */
const sentences: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'its host name is unknown',
  ETIMEDOUT: 'no answer',
  ER_ACCESS_DENIED_ERROR: 'it refused the user or the password',
  ER_DBACCESS_DENIED_ERROR: 'the user has no right to this database',
  ER_BAD_DB_ERROR: 'the database does not exist',
  ER_NO_SUCH_TABLE: 'a table is missing; run: hotline migrate',
  ER_CON_COUNT_ERROR: 'it has too many connections',
  HANDSHAKE_NO_SSL_SUPPORT: 'TLS: expected an encrypted connection, and the server offers none',
  PROTOCOL_CONNECTION_LOST: 'the connection was lost',
};

/** The symbolic code of an error of mysql2 or of a socket, or null for any other error. */
export function databaseErrorCode(error: unknown): string | null {
  if (typeof error !== 'object' || error === null) return null;
  const { code, fatal, message } = error as { code?: unknown; fatal?: unknown; message?: unknown };
  if (
    typeof code === 'string' &&
    /^(ER_|PROTOCOL_|E[A-Z]+$|HANDSHAKE|AUTH|CERT|UNABLE|DEPTH|SELF)[A-Z0-9_]*$/.test(code)
  )
    return code;
  if (fatal === true || /^(Pool is closed|Queue limit reached|Can't add new command)/.test(String(message)))
    return 'CONNECTION_CLOSED';
  return null;
}

/** Whether the transaction was rolled back for a reason that a retry is likely to get past. */
export function isTransient(error: unknown): boolean {
  return transient.has(databaseErrorCode(error) ?? '');
}

/** One sentence about a database error, without statement or values; for any other error, its message. */
export function describeDatabaseError(error: unknown): string {
  const code = databaseErrorCode(error);
  if (code === null) return error instanceof Error ? error.message : String(error);
  if (code === 'HANDSHAKE_SSL_ERROR') return `${describeTlsError((error as Error).message)} (${code})`;
  return code in sentences ? `${sentences[code]} (${code})` : code;
}

/** A {@link RegistryUnavailable} for a database error; any other error unchanged. */
export function toRegistryError(error: unknown): unknown {
  if (databaseErrorCode(error) === null) return error;
  return new RegistryUnavailable(`the registry failed: ${describeDatabaseError(error)}`);
}
