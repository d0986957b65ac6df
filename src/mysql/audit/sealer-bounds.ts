/** Between which rows a sealer has to look. */
import type { Session } from '../database/session.ts';

/** Ids of audit_log. */
export interface Bounds {
  readonly first: number;
  readonly last: number;
  /** Everything up to this has been sealed, unless a commit took an hour. */
  readonly settled: number;
  /** The sweep has got to here. */
  readonly swept: number;
}

/** A batch may hold one late row with a small id. So many in a row do not. */
const settledBatches = 100;

export async function readBounds(session: Session): Promise<Bounds> {
  const [row] = await session.select<Record<keyof Bounds, number | null>>(
    `SELECT (SELECT MIN(id) FROM audit_log) AS first, (SELECT MAX(id) FROM audit_log) AS last,
            (SELECT MAX(last_id) FROM (SELECT last_id FROM audit_seals WHERE sealed_at < UTC_TIMESTAMP(3) - INTERVAL 1 HOUR
                                       ORDER BY sealed_at DESC LIMIT ${settledBatches}) AS recent) AS settled,
            (SELECT up_to FROM audit_sweep WHERE one = 1) AS swept`,
    [],
  );
  const { first, last, settled, swept } = row!;
  return {
    first: first ?? 1,
    last: last ?? 0,
    settled: settled ?? 0,
    swept: Math.max(swept ?? 0, (first ?? 1) - 1),
  };
}
