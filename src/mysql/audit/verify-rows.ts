/** The rows of audit_log as `hotline audit verify` reads and judges them. */
import type { Connection } from 'mysql2/promise';
import { select } from './connection.ts';
import { auditRowColumns, digestOf, hasMac, hexOf, type AuditRow } from './audit-row.ts';
import type { Head } from './audit-seal.ts';

/** What is wrong, as a sentence; thrown from wherever it is found. */
export class Finding extends Error {}

/** What a row is held against. */
export interface RowRules {
  /** {@link Checkpoint.keptFrom}; '' without a checkpoint. */
  readonly keptFrom: string;
}

/** What a seal keeps of a row, with the row; its columns are null if the row is gone. */
export type SealedRow = { [Name in keyof AuditRow]: AuditRow[Name] | null } & {
  rowId: number;
  batch: number;
  digest: string;
};

const pageRows = 1000;

/** The rows of some batches, in order of batch and id. */
export function readSealedRows(
  connection: Connection,
  { first, last, limit }: { first: number; last: number; limit: number },
): Promise<SealedRow[]> {
  return select<SealedRow>(
    connection,
    `SELECT s.row_id AS rowId, s.batch, ${hexOf('s.digest')} AS digest, ${auditRowColumns}
     FROM audit_sealed_rows AS s LEFT JOIN audit_log AS a ON a.id = s.row_id
     WHERE s.batch BETWEEN ? AND ? ORDER BY s.batch, s.row_id LIMIT ${limit}`,
    [first, last],
  );
}

/** @throws Finding */
export function checkSealedRow(
  rules: RowRules,
  { sealKey, rowKeys }: { readonly sealKey: string; readonly rowKeys: readonly string[] },
  id: number,
  row: SealedRow | undefined,
): void {
  if (row === undefined || row.id === null)
    throw new Finding(`row ${id} is missing${row === undefined ? ', or what its seal kept of it' : ''}`);
  if (digestOf(sealKey, row as AuditRow) !== row.digest) throw new Finding(`row ${id} was altered`);
  if (!hasMac(rowKeys, row as AuditRow))
    throw new Finding(`row ${id} was inserted: the hotline did not write it, although it is sealed`);
  checkAge(rules, row as AuditRow);
}

/** The rows that no batch has, in order of id. */
export async function* readUnsealedRows(
  connection: Connection,
  range: { readonly after: number; readonly upTo: number },
): AsyncGenerator<AuditRow> {
  for (let after = String(range.after), size = pageRows; size === pageRows;) {
    const page = await select<AuditRow>(
      connection,
      `SELECT ${auditRowColumns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id
       WHERE s.row_id IS NULL AND a.id > ? AND a.id <= ? ORDER BY a.id LIMIT ${pageRows}`,
      [after, range.upTo],
    );
    yield* page;
    size = page.length;
    after = page.at(-1)?.id ?? after;
  }
}

/** @throws Finding */
export function checkUnsealedRow(rules: RowRules, rowKeys: readonly string[], row: AuditRow): void {
  if (!hasMac(rowKeys, row))
    throw new Finding(
      `row ${row.id} was inserted or altered before it was sealed: the hotline did not write it like this`,
    );
  checkAge(rules, row);
}

/** A MAC stays right for ever, so a row that was pruned could be put back. */
function checkAge({ keptFrom }: RowRules, { id, closed_at }: AuditRow): void {
  if (closed_at! < keptFrom)
    throw new Finding(`row ${id} was put back: all calls that ended before ${keptFrom} UTC had been pruned`);
}

/**
 * Rows that claim a batch which has no seal; no other check would look at them.
 *
 * @throws Finding
 */
export async function checkStrayRows(connection: Connection, start: Head, head: Head): Promise<void> {
  const [stray] = await select<{ rowId: number; batch: number }>(
    connection,
    'SELECT row_id AS rowId, batch FROM audit_sealed_rows WHERE batch <= ? OR batch > ? ORDER BY batch, row_id LIMIT 1',
    [start.batch, head.batch],
  );
  if (stray !== undefined)
    throw new Finding(
      `row ${stray.rowId} claims batch ${stray.batch}, which has no seal: seals were removed, or the row inserted`,
    );
}
