/** Reads the acts in audit_log: who looked at which call, searched for whom, and changed what. */
import type { Connection } from 'mysql2/promise';
import { readUtc } from '../database/utc.ts';
import { onAuditConnection } from './connection.ts';
import { readRows, shownTables, type RowFilter } from './show-rows.ts';

/** What to look for; an act must meet all of it. */
export interface ShowActsOptions extends RowFilter {
  databaseUrl: string;
  /** Whose acts. Absent: everybody's. */
  byUser?: string;
}

/** One act. Holds no code and no number. */
export interface ShownAct {
  id: number;
  doneAt: Date;
  byUser: string;
  /** As registry/officer-acts.ts spells it. */
  what: string;
  actId: string;
  /** Where it was recorded. */
  node: string | null;
  /** Null: not sealed yet. */
  batch: number | null;
}

/** As the database returns it. */
type Row = Omit<ShownAct, 'doneAt'> & { closedAt: string };

const columns = `a.id, CAST(a.closed_at AS CHAR) AS closedAt, a.by_user AS byUser, a.reason AS what, a.call_id AS actId, a.node, s.batch`;

/**
 * Passes every act to `show`, in the order in which they were done.
 *
 * @returns how many there were
 * @throws AuditCommandFailed, DatabaseUrlError
 */
export function showActs(
  { databaseUrl, byUser, ...filter }: ShowActsOptions,
  show: (act: ShownAct) => void,
): Promise<number> {
  const conditions =
    byUser === undefined
      ? { conditions: ['a.by_user IS NOT NULL'] }
      : { conditions: ['a.by_user = ?'], values: [byUser] };
  const showAll = async (connection: Connection): Promise<number> => {
    let count = 0;
    for await (const row of readRows<Row>(connection, { columns, ...conditions }, filter)) {
      const { closedAt, ...act } = row;
      show({ ...act, doneAt: readUtc(closedAt) });
      count++;
    }
    return count;
  };
  return onAuditConnection(databaseUrl, showAll, { tables: shownTables });
}
