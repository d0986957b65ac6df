/**
 * Turns errors of mysql2 into ones that may be logged. They carry the statement, and the server's
 * messages quote values (`Duplicate entry '0123456789'`), so neither may leave this folder: only the
 * symbolic code of an error is kept (I6).
 */
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import { describeTlsFailure, wasCutOff } from '../../machine/tls-failure.ts';

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
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'it refused the user or the password',
  ER_DBACCESS_DENIED_ERROR:
    'the user has no right to this database; set DATABASE_OWNER_URL and run: hotline migrate',
  ER_BAD_DB_ERROR: 'the database does not exist',
  ER_NO_SUCH_TABLE: 'a table is missing; run: hotline migrate',
  ER_CON_COUNT_ERROR: 'it has too many connections',
  ER_TABLEACCESS_DENIED_ERROR:
    'the user lacks a right to a table; set DATABASE_OWNER_URL and run: hotline migrate',
  ER_COLUMNACCESS_DENIED_ERROR:
    'the user lacks a right to a column; set DATABASE_OWNER_URL and run: hotline migrate',
  ER_OPTION_PREVENTS_STATEMENT: 'it is read-only, a standby perhaps; expected a server that takes changes',
  ER_READ_ONLY_MODE: 'it is read-only; expected a server that takes changes',
  ER_INNODB_READ_ONLY: 'it runs with innodb_read_only; expected a server that takes changes',
  ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION:
    'its transactions are read-only; expected a server that takes changes',
  ER_SERVER_OFFLINE_MODE: 'it is in offline_mode; expected a server that takes connections',
  ER_SECURE_TRANSPORT_REQUIRED: 'it takes encrypted connections only; add ?tls=required to the URL',
  ER_BINLOG_STMT_MODE_AND_ROW_ENGINE: 'it logs statements; set binlog_format=ROW',
  ER_LOCK_WAIT_TIMEOUT: 'a lock was not free in time, that of a backup perhaps (FLUSH TABLES WITH READ LOCK)',
  ER_RECORD_FILE_FULL: 'its disk or tablespace is full',
  ER_DISK_FULL: 'its disk is full',
  ER_UNKNOWN_COM_ERROR: 'this node of a Galera cluster has lost the cluster',
  HANDSHAKE_NO_SSL_SUPPORT: 'TLS: expected an encrypted connection, and the server offers none',
  PROTOCOL_CONNECTION_LOST: 'the connection was lost',
};

/** See readSystemAuthorities in database-url.ts. */
const authorities = { file: 'tls-ca', otherwise: 'of this system' };

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

/** A transaction could not be rolled back, so nothing is known of its connection. */
export class SessionLost extends RegistryUnavailable {}

/**
 * Codes after which a connection is not used again, though it may still answer: the server is about to
 * end it, or takes no changes; a new connection may lead to the server that does.
 */
const parting = new Set([
  'ER_SERVER_SHUTDOWN',
  'ER_CONNECTION_KILLED',
  'ER_CLIENT_INTERACTION_TIMEOUT',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
  'ER_INNODB_READ_ONLY',
  'ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION',
  'ER_SERVER_OFFLINE_MODE',
  'ER_UNKNOWN_COM_ERROR',
]);

/** Codes of a server that does not take this user, database or way of connecting. */
const refusals = new Set([
  'ER_ACCESS_DENIED_ERROR',
  'ER_DBACCESS_DENIED_ERROR',
  'ER_BAD_DB_ERROR',
  'ER_SECURE_TRANSPORT_REQUIRED',
  'HANDSHAKE_NO_SSL_SUPPORT',
]);

/** Whether a connection can be used again after this error, with its transaction rolled back if there was one. */
export function leavesSession(error: unknown): boolean {
  if (error instanceof SessionLost) return false;
  const code = databaseErrorCode(error);
  return code === null || (code.startsWith('ER_') && !parting.has(code));
}

/** Whether the server had no room for what was to be stored. */
export function isStorageFull(error: unknown): boolean {
  return ['ER_RECORD_FILE_FULL', 'ER_DISK_FULL', 'ER_ERROR_ON_WRITE'].includes(
    databaseErrorCode(error) ?? '',
  );
}

/** Whether the server was reached, and what it said will not change by waiting: the settings are wrong, or its own. */
export function isRefusal(error: unknown): boolean {
  const code = databaseErrorCode(error) ?? '';
  return refusals.has(code) || (code === 'HANDSHAKE_SSL_ERROR' && !wasCutOff(error));
}

/** One sentence about a database error, without statement or values; for any other error, its message. */
export function describeDatabaseError(error: unknown): string {
  const code = databaseErrorCode(error);
  if (code === null) return error instanceof Error ? error.message : String(error);
  const tls = code === 'HANDSHAKE_SSL_ERROR' ? describeTlsFailure(error, authorities) : null;
  if (tls !== null) return `${tls} (${code})`;
  return code in sentences ? `${sentences[code]} (${code})` : code;
}

/** A {@link RegistryUnavailable} for a database error; any other error unchanged. */
export function toRegistryError(error: unknown): unknown {
  if (databaseErrorCode(error) === null) return error;
  return new RegistryUnavailable(`the registry failed: ${describeDatabaseError(error)}`);
}
