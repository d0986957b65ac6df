/** The statements that list calls that have ended, and read one. */
import {
  archivePageCalls,
  type ArchiveCursor,
  type ArchiveFilter,
  type ArchivePage,
} from '../../registry/call-archive.ts';
import type { ShownCall } from '../../registry/shown-call.ts';
import { shownColumns, toShown, type ShownRow } from '../audit/shown-columns.ts';
import type { Session, Value } from '../database/session.ts';
import { formatUtc } from '../database/utc.ts';

/** Rows that one page looks at, at most: a rare outcome among a million calls must not cost seconds. */
export const rowsLookedAt = 10_000;

/** SQL with its values. */
interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/**
 * Reads a page in two statements: how far the look goes, from an index alone, and the calls up to there. Each goes
 * along the index of the times, or, for a code or phone, that of its hashes.
 */
export async function list(
  session: Session,
  filter: ArchiveFilter,
  before: ArchiveCursor | undefined,
  limits = { rows: rowsLookedAt, calls: archivePageCalls },
): Promise<ArchivePage> {
  const indexed = [...indexedConditions(filter), ...(before === undefined ? [] : [olderThan(before)])];
  const end = await findEnd(session, indexed, limits.rows);
  const conditions = [...indexed, ...otherConditions(filter), ...(end === null ? [] : [notOlderThan(end)])];
  const rows = await session.select<ShownRow & { id: number }>(
    `SELECT ${shownColumns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id
     WHERE ${and(conditions)} ORDER BY a.closed_at DESC, a.id DESC LIMIT ?`,
    [...valuesOf(conditions), String(limits.calls + 1)],
  );
  const page = rows.slice(0, limits.calls);
  const last = page.at(-1);
  const next = rows.length > page.length && last ? { closedAt: last.closedAt, id: Number(last.id) } : end;
  return { calls: page.map(toShown), next };
}

/** The last row that the page looks at; null if there are not so many. */
async function findEnd(
  session: Session,
  conditions: readonly Condition[],
  rows: number,
): Promise<ArchiveCursor | null> {
  const [end] = await session.select<ArchiveCursor>(
    `SELECT CAST(a.closed_at AS CHAR) AS closedAt, a.id FROM audit_log AS a
     WHERE ${and(conditions)} ORDER BY a.closed_at DESC, a.id DESC LIMIT 1 OFFSET ?`,
    [...valuesOf(conditions), String(rows - 1)],
  );
  return end ?? null;
}

/** What an index answers. */
function indexedConditions({ from, to, codeKeys, phoneKeys }: ArchiveFilter): Condition[] {
  return [
    ...(from === undefined ? [] : [{ sql: 'a.closed_at >= ?', values: [formatUtc(from)] }]),
    ...(to === undefined ? [] : [{ sql: 'a.closed_at < ?', values: [formatUtc(to)] }]),
    ...(codeKeys === undefined ? [] : [{ sql: `a.code_key IN (${hashes(codeKeys)})`, values: codeKeys }]),
    ...(phoneKeys === undefined ? [] : [{ sql: `a.phone_key IN (${hashes(phoneKeys)})`, values: phoneKeys }]),
  ];
}

/** What is looked for in the rows. */
function otherConditions({ outcome, node, minMs, maxMs }: ArchiveFilter): Condition[] {
  return [
    { sql: 'a.by_user IS NULL', values: [] },
    ...(outcome === undefined ? [] : [{ sql: 'a.outcome = ?', values: [outcome] }]),
    ...(node === undefined ? [] : [{ sql: 'a.node = ?', values: [node] }]),
    ...(minMs === undefined ? [] : [{ sql: 'a.duration_ms >= ?', values: [minMs] }]),
    ...(maxMs === undefined ? [] : [{ sql: 'a.duration_ms < ?', values: [maxMs] }]),
  ];
}

/** Written so that the first half is a range of the index. */
function olderThan({ closedAt, id }: ArchiveCursor): Condition {
  return { sql: 'a.closed_at <= ? AND (a.closed_at < ? OR a.id < ?)', values: [closedAt, closedAt, id] };
}

function notOlderThan({ closedAt, id }: ArchiveCursor): Condition {
  return { sql: 'a.closed_at >= ? AND (a.closed_at > ? OR a.id >= ?)', values: [closedAt, closedAt, id] };
}

const and = (conditions: readonly Condition[]) => ['TRUE', ...conditions.map(({ sql }) => sql)].join(' AND ');
const valuesOf = (conditions: readonly Condition[]) => conditions.flatMap(({ values }) => values);
/** A placeholder for each; one that nothing matches for none. */
const hashes = (keys: readonly string[]) => keys.map(() => 'UNHEX(?)').join(', ') || 'NULL';

export async function read(session: Session, callId: string): Promise<ShownCall | null> {
  const [row] = await session.select<ShownRow>(
    `SELECT ${shownColumns}, c.steps FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id
     LEFT JOIN call_steps AS c ON c.call_id = a.call_id WHERE a.call_id = ? AND a.by_user IS NULL`,
    [callId],
  );
  return row === undefined ? null : toShown(row);
}

/** From the totals of the hours, which are few, and the processes, which may have no call yet. */
export async function nodes(session: Session): Promise<string[]> {
  const rows = await session.select<{ node: string }>(
    'SELECT node FROM call_hour_totals UNION SELECT node FROM instances ORDER BY node',
    [],
  );
  return rows.map(({ node }) => node);
}
