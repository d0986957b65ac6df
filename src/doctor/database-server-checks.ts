/** Is the database server set up so that calls are served, commits last, and nothing of a caller is logged? */
import { connectionsAllowed, connectionsNeeded } from '../mysql/database/connection-room.ts';
import type { DatabaseFacts } from '../mysql/database/database-facts.ts';
import { checkClock } from './clock-check.ts';
import { expectThat, type Finding } from './finding.ts';

/** Statements that a connection keeps prepared, rounded up. */
const statementsPerConnection = 60;

const isOn = (value: string | undefined) => value === 'ON' || value === '1';

/** Would a caller be served? */
export function checkTakesChanges({ schemaFault, writeFault, settings }: DatabaseFacts): Finding[] {
  const logsStatements = isOn(settings['log_bin']) && settings['binlog_format'] === 'STATEMENT';
  return [
    expectThat(
      'schema of the database',
      schemaFault === null,
      schemaFault ?? 'whole, and of this version',
      'what this says; until then no caller can be served',
    ),
    expectThat(
      'changes to the database',
      writeFault === null && !logsStatements,
      writeFault ?? (logsStatements ? 'binlog_format=STATEMENT' : 'taken'),
      logsStatements
        ? 'set binlog_format=ROW; with STATEMENT the server refuses every change'
        : 'make the server take changes (read_only, super_read_only, innodb_read_only, disk space), or correct DATABASE_URL if it is a standby',
    ),
  ];
}

/** @param poolSize DATABASE_POOL_SIZE */
export function checkServer(facts: DatabaseFacts, poolSize: number): Finding[] {
  return [
    checkCommits(facts),
    checkStatementLogs(facts),
    ...checkRoom(facts, poolSize),
    checkItsClock(facts),
  ];
}

/** After a crash the server rolls back what its binary log does not have, even if it was committed. */
function checkCommits({ settings }: DatabaseFacts): Finding {
  const flush = settings['innodb_flush_log_at_trx_commit'];
  const sync = isOn(settings['log_bin']) ? settings['sync_binlog'] : undefined;
  return expectThat(
    'commits on disk',
    flush === '1' && (sync ?? '1') === '1',
    `innodb_flush_log_at_trx_commit=${flush}, ${sync === undefined ? 'no binary log' : `sync_binlog=${sync}`}`,
    'set innodb_flush_log_at_trx_commit=1 and sync_binlog=1, or a reset that a caller has heard of may be lost',
  );
}

/** Prepared statements reach these logs with their values. */
function checkStatementLogs({ settings }: DatabaseFacts): Finding {
  const logs = ['general_log', 'slow_query_log', 'server_audit_logging'].filter((name) =>
    isOn(settings[name]),
  );
  const to = settings['log_output'] === undefined ? '' : ` (log_output=${settings['log_output']})`;
  return expectThat(
    'statements in logs of the database',
    logs.length === 0,
    logs.length === 0 ? 'none' : `${logs.join(', ')}${to}`,
    'switch it off and remove what it has written: it holds codes, phone numbers and hashes of callers',
  );
}

function checkRoom({ settings }: DatabaseFacts, poolSize: number): Finding[] {
  const need = connectionsNeeded(poolSize);
  const connections = connectionsAllowed(settings);
  const statements = Number(settings['max_prepared_stmt_count']);
  return [
    expectThat(
      'connections of the database',
      connections >= need,
      `${connections} for DATABASE_POOL_SIZE=${poolSize}`,
      `set max_connections (and max_user_connections) to ${need} or more for each application, or make the pool smaller`,
    ),
    expectThat(
      'prepared statements of the database',
      statements >= need * statementsPerConnection,
      `max_prepared_stmt_count=${statements}`,
      `set it to ${need * statementsPerConnection} or more for each application, or make the pool smaller`,
    ),
  ];
}

function checkItsClock({ clockAheadMs }: DatabaseFacts): Finding {
  return checkClock(
    'the database',
    clockAheadMs,
    'limits, the validity of passwords and the audit log go by it, the log of the application by its own',
  );
}
