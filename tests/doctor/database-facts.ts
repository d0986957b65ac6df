/** A database in which the doctor finds nothing wrong. */
import type { DatabaseFacts } from '../../src/mysql/database/database-facts.ts';

export const poolSize = 20;

export function databaseFacts(): DatabaseFacts {
  return {
    version: '11.8.3-MariaDB',
    grants: [
      'GRANT USAGE ON *.* TO `a`@`h`',
      'GRANT SELECT, INSERT ON `d`.`audit_log` TO `a`@`h`',
      'GRANT SELECT (`id`), UPDATE (`password_hash`) ON `d`.`accounts` TO `a`@`h`',
      'GRANT SELECT, INSERT, UPDATE, DELETE ON `d`.`attempts` TO `a`@`h`',
    ],
    rights: { excess: [], missing: [] },
    isEncrypted: false,
    settings: {
      binlog_format: 'MIXED',
      general_log: 'OFF',
      innodb_flush_log_at_trx_commit: '1',
      log_bin: 'OFF',
      log_output: 'FILE',
      max_connections: '151',
      max_prepared_stmt_count: '16382',
      max_user_connections: '0',
      slow_query_log: 'OFF',
      sync_binlog: '0',
    },
    clockAheadMs: 3,
    schemaFault: null,
    writeFault: null,
    rows: { hasAccounts: true, auditRows: 7, unsealedLate: 0, dayEndings: [] },
  };
}
