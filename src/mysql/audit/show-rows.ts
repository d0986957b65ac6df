/** Reads rows of audit_log, page by page, in the order in which calls ended and acts were done. */
import type { Connection } from 'mysql2/promise';
import { formatUtc } from '../database/utc.ts';
import { select } from './connection.ts';

/** A row must meet all of it. */
export interface RowFilter {
  /** Keyed hashes of one code: under each key that has been in use. */
  codeKeys?: readonly string[];
  /** Keyed hashes of one phone number, likewise. */
  phoneKeys?: readonly string[];
  /** Rows written then or later. */
  since?: Date;
  /** Rows written earlier. */
  until?: Date;
}

/** What to read of `audit_log AS a` and `audit_sealed_rows AS s`. */
export interface RowsWanted {
  /** With `a.id` and `CAST(a.closed_at AS CHAR) AS closedAt`, by which the next page is found. */
  readonly columns: string;
  readonly joined?: string;
  readonly conditions: readonly string[];
  /** One for each placeholder of the conditions. */
  readonly values?: readonly string[];
}

/** All that an officer's database user needs to read for it, beside schema_version (docs/operating.md). */
export const shownTables = ['audit_log', 'audit_sealed_rows'];

const pageRows = 500;

/** Yields every row that meets conditions and filter. */
export async function* readRows<Row extends { id: string | number; closedAt: string }>(
  connection: Connection,
  { columns, joined = '', conditions, values = [] }: RowsWanted,
  filter: RowFilter,
): AsyncGenerator<Row> {
  const filters = conditionsOf(filter);
  for (let last: Row | undefined; ;) {
    const where = [
      ...conditions,
      ...filters.map(([condition]) => condition),
      ...(last === undefined ? [] : ['(a.closed_at > ? OR (a.closed_at = ? AND a.id > ?))']),
    ];
    const page = await select<Row>(
      connection,
      `SELECT ${columns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id ${joined}
       WHERE ${where.join(' AND ')} ORDER BY a.closed_at, a.id LIMIT ${pageRows}`,
      [
        ...values,
        ...filters.flatMap(([, filterValues]) => filterValues),
        ...(last === undefined ? [] : [last.closedAt, last.closedAt, last.id]),
      ],
    );
    yield* page;
    last = page.at(-1);
    if (last === undefined || page.length < pageRows) return;
  }
}

function conditionsOf({ codeKeys, phoneKeys, since, until }: RowFilter): [string, readonly string[]][] {
  return [
    ...(codeKeys === undefined ? [] : [isOneOf('a.code_key', codeKeys)]),
    ...(phoneKeys === undefined ? [] : [isOneOf('a.phone_key', phoneKeys)]),
    ...(since === undefined ? [] : [['a.closed_at >= ?', [formatUtc(since)]] satisfies [string, string[]]]),
    ...(until === undefined ? [] : [['a.closed_at < ?', [formatUtc(until)]] satisfies [string, string[]]]),
  ];
}

function isOneOf(column: string, hashes: readonly string[]): [string, readonly string[]] {
  return [`${column} IN (${hashes.map(() => 'UNHEX(?)').join(', ')})`, hashes];
}
