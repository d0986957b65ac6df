/** Reads audit_log for an officer who answers a complaint. */
import type { Connection } from 'mysql2/promise';
import { readSteps } from '../../registry/call-steps.ts';
import type { ShownCall } from '../../registry/shown-call.ts';
import { onAuditConnection, readUtc } from './connection.ts';
import { readRows, shownTables, type RowFilter } from './show-rows.ts';

/** What to look for; a call must meet all of it. Its code is the one that was keyed last. */
export interface ShowOptions extends RowFilter {
  databaseUrl: string;
  /** With what happened in them. */
  steps?: boolean;
}

/** As the database returns it, with times as text, UTC. */
type Row = Omit<ShownCall, 'openedAt' | 'closedAt' | 'validUntil' | 'readingBegun' | 'steps'> & {
  openedAt: string | null;
  closedAt: string;
  validUntil: string | null;
  readingBegun: 0 | 1;
  steps?: string | null;
};

const stepsTable = 'call_steps';

const columns = `a.id, CAST(a.opened_at AS CHAR) AS openedAt, CAST(a.closed_at AS CHAR) AS closedAt, a.duration_ms AS durationMs, a.outcome, a.reason,
  CAST(a.valid_until AS CHAR) AS validUntil, a.mismatches,
  a.silences, a.incomplete_codes AS incompleteCodes, a.reading_begun AS readingBegun,
  a.masked_phone AS maskedPhone, a.identity, a.node, a.call_id AS callId, s.batch`;

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
        columns: `${columns}, c.steps`,
        joined: `LEFT JOIN ${stepsTable} AS c ON c.call_id = a.call_id`,
      }
    : { columns };
  const showCalls = async (connection: Connection): Promise<number> => {
    let count = 0;
    for await (const row of readRows<Row>(
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

function toShown({ openedAt, closedAt, validUntil, readingBegun, steps, ...row }: Row): ShownCall {
  return {
    ...row,
    openedAt: openedAt === null ? null : readUtc(openedAt),
    closedAt: readUtc(closedAt),
    validUntil: validUntil === null ? null : readUtc(validUntil),
    readingBegun: readingBegun === 1,
    ...(steps !== undefined && { steps: steps === null ? null : readSteps(steps) }),
  };
}
