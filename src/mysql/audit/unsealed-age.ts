import type { Session } from '../database/session.ts';

/** Rows that are looked at, newest first: those of minutes, at the busiest. */
const newest = 2000;

/** Age of the oldest row of the audit log without a seal, among the newest ones, ms; 0 if all have theirs. */
export async function readUnsealedAge(session: Session): Promise<number> {
  const [row] = await session.select<{ ms: number | null }>(
    `SELECT TIMESTAMPDIFF(MICROSECOND, MIN(newest.closed_at), UTC_TIMESTAMP(3)) DIV 1000 AS ms
     FROM (SELECT id, closed_at FROM audit_log ORDER BY id DESC LIMIT ${newest}) AS newest
     LEFT JOIN audit_sealed_rows ON row_id = id WHERE row_id IS NULL`,
    [],
  );
  return Math.max(0, Number(row?.ms ?? 0));
}
