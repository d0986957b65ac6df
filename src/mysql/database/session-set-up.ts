/** Settles, for each connection, what a server's configuration would otherwise decide. */

export interface SessionSetUp {
  /** How long a statement waits for a lock, s. Default 10. */
  readonly lockWaitSeconds?: number;
  /** The server gives up a statement (MySQL: a SELECT) after this, ms. Default 0: never. */
  readonly maxStatementMs?: number;
}

/**
 * Statements that give a connection the same session on every server, whatever its defaults and its
 * init_connect say. Some of these defaults change what a statement means (ANSI_QUOTES,
 * PIPES_AS_CONCAT), whether escaping holds (NO_BACKSLASH_ESCAPES), whether it commits (autocommit), and
 * how many rows it sees (sql_select_limit). READ COMMITTED, because a statement must see what was
 * committed before it began. Times are UTC.
 */
export function setUpSession({ lockWaitSeconds = 10, maxStatementMs = 0 }: SessionSetUp = {}): string[] {
  const variables = {
    autocommit: '1',
    completion_type: "'NO_CHAIN'",
    sql_mode: "'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    time_zone: "'+00:00'",
    foreign_key_checks: '1',
    unique_checks: '1',
    sql_safe_updates: '0',
    sql_auto_is_null: '0',
    sql_big_selects: '1',
    sql_select_limit: '18446744073709551615',
    innodb_lock_wait_timeout: String(lockWaitSeconds),
    // Of a backup's FLUSH TABLES WITH READ LOCK, for which a statement would wait a day, or a year.
    lock_wait_timeout: String(maxStatementMs > 0 ? Math.ceil(maxStatementMs / 1000) : lockWaitSeconds),
  };
  const settings = Object.entries(variables).map(([name, value]) => `SESSION ${name} = ${value}`);
  // Each kind of server runs its own comment and passes over the other's.
  const limit = `/*M!100100 , SESSION max_statement_time = ${maxStatementMs / 1000} */ /*!80000 , SESSION max_execution_time = ${maxStatementMs} */`;
  return [
    'SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, READ WRITE',
    `SET NAMES utf8mb4, ${settings.join(', ')} ${limit}`,
  ];
}
