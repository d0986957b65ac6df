/** Reads audit_log for an officer who answers a complaint. */
import type { Connection } from 'mysql2/promise';
import type { ShownCall } from '../../registry/shown-call.ts';
import { onAuditConnection } from './connection.ts';
import { readRows, shownTables, type RowFilter } from './show-rows.ts';
import { shownColumns, toShown, type ShownRow } from './shown-columns.ts';

/** What to look for; a call must meet all of it. Its code is the one that was keyed last. */
export interface ShowOptions extends RowFilter {
  databaseUrl: string;
  /** With what happened in them. */
  steps?: boolean;
}

const stepsTable = 'call_steps';

/**
 * Passes every call to `show`, in the order in which they ended.
 *
 * @returns how many there were
 * @throws AuditCommandFailed, DatabaseUrlError
 */
export function showAuditLog(options: ShowOptions, show: (call: ShownCall) => void): Promise<number> {
  const { databaseUrl, steps = false, ...filter } = options;
  const wanted = steps
    ? {
        columns: `${shownColumns}, c.steps`,
        joined: `LEFT JOIN ${stepsTable} AS c ON c.call_id = a.call_id`,
      }
    : { columns: shownColumns };
  const showCalls = async (connection: Connection): Promise<number> => {
    let count = 0;
    for await (const row of readRows<ShownRow>(
      connection,
      { ...wanted, conditions: ['a.by_user IS NULL'] },
      filter,
    )) {
      show(toShown(row));
      count++;
    }
    return count;
  };
  const read = steps ? [...shownTables, stepsTable] : shownTables;
  return onAuditConnection(databaseUrl, showCalls, { tables: read });
}
