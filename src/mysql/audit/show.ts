/** Reads audit_log for an officer who answers a complaint. */
import type { Connection } from 'mysql2/promise';
import { readSteps } from '../../registry/call-steps.ts';
import type { ShownCall } from '../../registry/shown-call.ts';
import { formatUtc, onAuditConnection, readUtc, select } from './connection.ts';

/** What to look for; a call must meet all of it. */
export interface ShowOptions {
  databaseUrl: string;
  /** Keyed hashes of the code that was keyed last in the call: under each key that has been in use. */
  codeKeys?: readonly string[];
  /** Keyed hashes of the caller's number, likewise. */
  phoneKeys?: readonly string[];
  /** Calls that ended then or later. */
  since?: Date;
  /** Calls that ended before. */
  until?: Date;
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

/** All that an officer's database user needs to read, beside schema_version (docs/operating.md). */
const tables = ['audit_log', 'audit_sealed_rows'];
const stepsTable = 'call_steps';

const pageRows = 500;

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
  const showCalls = async (connection: Connection): Promise<number> => {
    let count = 0;
    for await (const call of readCalls(connection, options)) {
      show(call);
      count++;
    }
    return count;
  };
  const read = options.steps === true ? [...tables, stepsTable] : tables;
  return onAuditConnection(options.databaseUrl, showCalls, { tables: read });
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

/** A placeholder for each hash. */
const listOf = (hashes: readonly string[]) => hashes.map(() => 'UNHEX(?)').join(', ');

async function* readCalls(
  connection: Connection,
  { codeKeys, phoneKeys, since, until, steps = false }: ShowOptions,
): AsyncGenerator<ShownCall> {
  const [columnsRead, joined] = steps
    ? [`${columns}, c.steps`, `LEFT JOIN ${stepsTable} AS c ON c.call_id = a.call_id`]
    : [columns, ''];
  const conditions: [string, readonly string[]][] = [];
  if (codeKeys !== undefined) conditions.push([`a.code_key IN (${listOf(codeKeys)})`, codeKeys]);
  if (phoneKeys !== undefined) conditions.push([`a.phone_key IN (${listOf(phoneKeys)})`, phoneKeys]);
  if (since !== undefined) conditions.push(['a.closed_at >= ?', [formatUtc(since)]]);
  if (until !== undefined) conditions.push(['a.closed_at < ?', [formatUtc(until)]]);
  for (let last: Row | undefined; ;) {
    const where = [
      'TRUE',
      ...conditions.map(([condition]) => condition),
      ...(last === undefined ? [] : ['(a.closed_at > ? OR (a.closed_at = ? AND a.id > ?))']),
    ];
    const values = [
      ...conditions.flatMap(([, values]) => values),
      ...(last === undefined ? [] : [last.closedAt, last.closedAt, last.id]),
    ];
    const page = await select<Row>(
      connection,
      `SELECT ${columnsRead} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id ${joined}
       WHERE ${where.join(' AND ')} ORDER BY a.closed_at, a.id LIMIT ${pageRows}`,
      values,
    );
    yield* page.map(toShown);
    last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
  }
}
