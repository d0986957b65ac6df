/** Checks audit_log against its seals, and the seals against each other (docs/adr/0017). */
import type { Connection } from 'mysql2/promise';
import { AuditCommandFailed, onAuditConnection, select } from './connection.ts';
import { auditRowColumns, digestOf, hasMac, sealFormat, type AuditRow } from './audit-row.ts';
import {
  checkpointColumns,
  genesis,
  readIds,
  rootOf,
  sealColumns,
  sealOf,
  signatureOf,
  type Checkpoint,
  type Head,
  type Seal,
} from './audit-seal.ts';

export interface VerifyOptions {
  databaseUrl: string;
  /** AUDIT_KEY. */
  key: string;
  /** A batch and its seal that were noted outside the database: the only way to know that the newest seals were cut off. */
  noted?: Head;
  /** Called now and then. */
  onProgress?: (rows: number, totalRows: number) => void;
}

export interface VerifyReport {
  /** The first thing wrong, as a sentence that names it; null if everything is as it was written. */
  finding: string | null;
  /** Rows that agree with their seal. */
  rows: number;
  /** Rows that are not sealed yet and have a right MAC. */
  unsealed: number;
  /** Where the chain begins: batches up to this one were pruned. */
  start: Head;
  /** Where it ends, to be noted. */
  head: Head;
}

/** What is wrong, thrown from wherever it is found. */
class Finding extends Error {}

const pageRows = 1000;
const pageSeals = 50;

/**
 * Looks at everything in one snapshot, a page at a time, while calls and sealing go on.
 *
 * @throws AuditCommandFailed if it could not look; DatabaseUrlError
 */
export function verifyAuditLog(options: VerifyOptions): Promise<VerifyReport> {
  return onAuditConnection(options.databaseUrl, async (connection) => {
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    await connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    return new Verification(connection, options).run();
  });
}

class Verification {
  readonly #connection: Connection;
  readonly #options: VerifyOptions;
  readonly #key: string;
  #start = genesis;
  #head = genesis;
  #rows = 0;
  #unsealed = 0;
  #total = 0;
  /** See {@link Checkpoint.keptFrom}; '' without one. */
  #keptFrom = '';

  constructor(connection: Connection, options: VerifyOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#key = options.key;
  }

  async run(): Promise<VerifyReport> {
    let finding: string | null = null;
    try {
      const [count] = await select<{ total: number }>(
        this.#connection,
        'SELECT COUNT(*) AS total FROM audit_log',
      );
      this.#total = count!.total;
      await this.#checkCheckpoint();
      await this.#checkSeals();
      await this.#checkStrays();
      await this.#checkUnsealed();
      this.#checkNoted();
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      finding = error.message;
    }
    return { finding, rows: this.#rows, unsealed: this.#unsealed, start: this.#start, head: this.#head };
  }

  async #checkCheckpoint(): Promise<void> {
    const [checkpoint] = await select<Checkpoint>(
      this.#connection,
      `SELECT ${checkpointColumns} FROM audit_checkpoints ORDER BY batch DESC LIMIT 1`,
    );
    if (checkpoint === undefined) return;
    if (signatureOf(this.#key, checkpoint) !== checkpoint.signature)
      throw new Finding(
        `the checkpoint after batch ${checkpoint.batch} was altered, inserted, or signed with another AUDIT_KEY`,
      );
    this.#start = this.#head = { batch: checkpoint.batch, seal: checkpoint.seal };
    this.#keptFrom = checkpoint.keptFrom;
  }

  async #checkSeals(): Promise<void> {
    const [stray] = await select<{ batch: number }>(
      this.#connection,
      'SELECT batch FROM audit_seals WHERE batch <= ? LIMIT 1',
      [this.#start.batch],
    );
    if (stray !== undefined)
      throw new Finding(
        `seal ${stray.batch} was inserted: the batches up to ${this.#start.batch} were pruned`,
      );
    for (;;) {
      const page = await select<Seal>(
        this.#connection,
        `SELECT ${sealColumns} FROM audit_seals WHERE batch > ? ORDER BY batch LIMIT ${pageSeals}`,
        [this.#head.batch],
      );
      await this.#checkPage(page);
      if (page.length < pageSeals) return;
    }
  }

  /** Many batches are small, so the rows of several are asked for at once. What is wrong comes up in the order of the chain. */
  async #checkPage(seals: readonly Seal[]): Promise<void> {
    const batches = new Map<number, { seal: Seal; ids: Set<number> }>();
    let ids = 0;
    const flush = async () => {
      await this.#checkBatches(batches);
      batches.clear();
      ids = 0;
    };
    for (const seal of seals) {
      const finding = this.#chainFault(seal);
      if (finding !== null) {
        await flush();
        throw new Finding(finding);
      }
      this.#head = { batch: seal.batch, seal: seal.seal };
      batches.set(seal.batch, { seal, ids: new Set(readIds(seal.rowIds)) });
      ids += batches.get(seal.batch)!.ids.size;
      if (ids >= pageRows) await flush();
    }
    await flush();
  }

  #chainFault(seal: Seal): string | null {
    const expected = this.#head.batch + 1;
    if (seal.batch !== expected) return `seal ${expected} is missing`;
    if (seal.format > sealFormat)
      throw new AuditCommandFailed(
        `Seal ${seal.batch} was made by a newer version of this program: use that one`,
      );
    if (sealOf(this.#key, seal) !== seal.seal)
      return `seal ${seal.batch} was altered, or made with another AUDIT_KEY`;
    if (seal.previous !== this.#head.seal)
      return `seal ${seal.batch} does not follow the seal before it: one of the two was replaced`;
    return null;
  }

  async #checkBatches(batches: ReadonlyMap<number, { seal: Seal; ids: ReadonlySet<number> }>): Promise<void> {
    if (batches.size === 0) return;
    const numbers = [...batches.keys()];
    const expectedRows = [...batches.values()].reduce((sum, { ids }) => sum + ids.size, 0);
    const rows = await select<SealedRow>(
      this.#connection,
      `SELECT s.row_id AS rowId, s.batch, s.digest, ${auditRowColumns} FROM audit_sealed_rows AS s LEFT JOIN audit_log AS a ON a.id = s.row_id
       WHERE s.batch BETWEEN ? AND ? ORDER BY s.batch, s.row_id LIMIT ${expectedRows + 1}`, // one more is enough to know of an inserted one
      [numbers[0]!, numbers.at(-1)!],
    );
    const rowsOf = Map.groupBy(rows, ({ batch }) => batch);
    for (const [batch, { seal, ids }] of batches) this.#checkBatch(seal, ids, rowsOf.get(batch) ?? []);
    this.#options.onProgress?.(this.#rows, this.#total);
  }

  #checkBatch({ batch, seal, root }: Seal, expected: ReadonlySet<number>, rows: readonly SealedRow[]): void {
    const found = new Map(rows.map((row) => [row.rowId, row]));
    for (const id of [...new Set([...expected, ...found.keys()])].sort((a, b) => a - b)) {
      if (!expected.has(id))
        throw new Finding(`row ${id} was inserted: batch ${batch} was sealed without it`);
      this.#checkRow(id, found.get(id));
      this.#rows++;
    }
    if (rootOf(rows.map(({ digest }) => digest)) !== root)
      throw new Finding(`a row of batch ${batch} was replaced by an older state of it`);
    this.#checkNoted({ batch, seal });
  }

  #checkRow(id: number, row: SealedRow | undefined): void {
    if (row === undefined || row.id === null)
      throw new Finding(`row ${id} is missing${row === undefined ? ', or what its seal kept of it' : ''}`);
    if (digestOf(this.#key, row as AuditRow) !== row.digest) throw new Finding(`row ${id} was altered`);
    if (!hasMac(this.#key, row as AuditRow))
      throw new Finding(`row ${id} was inserted: the hotline did not write it, although it is sealed`);
    this.#checkAge(row as AuditRow);
  }

  /** A MAC stays right for ever, so a row that was pruned could be put back. */
  #checkAge({ id, closed_at }: AuditRow): void {
    if (closed_at! < this.#keptFrom)
      throw new Finding(
        `row ${id} was put back: all calls that ended before ${this.#keptFrom} UTC had been pruned`,
      );
  }

  /** Rows that claim a batch there is no seal of, and would be looked at by nobody. */
  async #checkStrays(): Promise<void> {
    const [stray] = await select<{ rowId: number; batch: number }>(
      this.#connection,
      'SELECT row_id AS rowId, batch FROM audit_sealed_rows WHERE batch <= ? OR batch > ? ORDER BY batch, row_id LIMIT 1',
      [this.#start.batch, this.#head.batch],
    );
    if (stray !== undefined)
      throw new Finding(
        `row ${stray.rowId} claims batch ${stray.batch}, which has no seal: seals were removed, or the row inserted`,
      );
  }

  async #checkUnsealed(): Promise<void> {
    for (let after = '0', size = pageRows; size === pageRows;) {
      const page = await select<AuditRow>(
        this.#connection,
        `SELECT ${auditRowColumns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id
         WHERE s.row_id IS NULL AND a.id > ? ORDER BY a.id LIMIT ${pageRows}`,
        [after],
      );
      for (const row of page) {
        if (!hasMac(this.#key, row))
          throw new Finding(
            `row ${row.id} was inserted or altered before it was sealed: the hotline did not write it so`,
          );
        this.#checkAge(row);
        this.#unsealed++;
      }
      size = page.length;
      after = page.at(-1)?.id ?? after;
    }
  }

  /** Each batch on its way, then the end of the chain. */
  #checkNoted(head?: Head): void {
    const { noted } = this.#options;
    if (noted === undefined) return;
    if (head === undefined && noted.batch > this.#head.batch)
      throw new Finding(
        `the chain ends with batch ${this.#head.batch}, but the seal of batch ${noted.batch} was noted: the newest seals were removed`,
      );
    const same = head ?? this.#start;
    if (same.batch === noted.batch && same.seal !== noted.seal)
      throw new Finding(`batch ${noted.batch} has another seal than the one noted: it was sealed anew`);
  }
}

type SealedRow = { [Name in keyof AuditRow]: AuditRow[Name] | null } & {
  rowId: number;
  batch: number;
  digest: string;
};
