/** Checks audit_log against its seals, and the seals against each other (docs/adr/0017). */
import type { Connection } from 'mysql2/promise';
import { onAuditConnection, select } from './connection.ts';
import { AuditKeys, type KeyUse } from './audit-keys.ts';
import { genesis, readIds, rootOf, sealColumns, type Head, type Seal } from './audit-seal.ts';
import type { VerifyOptions, VerifyReport } from './verify-report.ts';
import {
  checkSealedRow,
  checkStrayRows,
  checkUnsealedRow,
  Finding,
  readSealedRows,
  readUnsealedRows,
  type RowRules,
  type SealedRow,
} from './verify-rows.ts';
import { alteredSeal, findSealFault, isSealRight, readCheckpoint, sealedAnew } from './verify-seals.ts';

/** A seal and the ids of the rows it covers. */
interface Batch {
  readonly seal: Seal;
  readonly ids: ReadonlySet<number>;
}

/** Many batches are small: rows are asked for batch after batch until there are so many. */
const rowsAtOnce = 1000;
const pageSeals = 50;

/** Ids of audit_log that one statement covers in the search for rows without a seal. */
const unsealedIds = 50_000;

/**
 * Looks at everything, a page at a time, while calls, sealing and pruning go on. Each page has a snapshot of
 * its own, since one that is kept for hours makes the server keep every old version of every row.
 *
 * @throws AuditCommandFailed if it could not look; DatabaseUrlError
 */
export function verifyAuditLog(options: VerifyOptions): Promise<VerifyReport> {
  return onAuditConnection(options.databaseUrl, async (connection) => {
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
    return new Verification(connection, options).run();
  });
}

class Verification {
  readonly #connection: Connection;
  readonly #options: VerifyOptions;
  readonly #keys: AuditKeys;
  #rules: RowRules = { keptFrom: '' };
  #start = genesis;
  #from = genesis;
  #head = genesis;
  /** Who made the head; null: nothing is sealed. */
  #use: KeyUse | null = null;
  #rows = 0;
  #unsealed = 0;
  #lastBatch = 0;

  constructor(connection: Connection, options: VerifyOptions) {
    this.#connection = connection;
    this.#options = options;
    this.#keys = new AuditKeys(options.key, options.earlierKeys);
  }

  async run(): Promise<VerifyReport> {
    let finding: string | null = null;
    try {
      await this.#check();
    } catch (error) {
      if (!(error instanceof Finding)) throw error;
      finding = error.message;
    }
    const [rows, unsealed] = [this.#rows, this.#unsealed];
    return { finding, rows, unsealed, start: this.#start, from: this.#from, head: this.#head };
  }

  /** Rows that are sealed while those without a seal are looked at come last, so that none is passed over. */
  async #check(): Promise<void> {
    const afterId = await this.#inSnapshot(() => this.#begin());
    await this.#checkSeals();
    await this.#checkUnsealed(afterId);
    await this.#checkSeals();
    this.#checkNoted();
  }

  async #inSnapshot<T>(work: () => Promise<T>): Promise<T> {
    await this.#connection.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY');
    const result = await work();
    await this.#connection.query('COMMIT');
    return result;
  }

  /** Finds where to begin; rows without a seal are looked at above the id it returns. */
  async #begin(): Promise<number> {
    await this.#checkCheckpoint();
    const { from } = this.#options;
    if (from === undefined || from.batch < this.#head.batch) {
      this.#from = this.#head;
      return 0;
    }
    const [seal] = await select<Seal>(
      this.#connection,
      `SELECT ${sealColumns} FROM audit_seals WHERE batch = ?`,
      [from.batch],
    );
    const found = seal ?? (from.batch === this.#head.batch ? this.#head : undefined);
    if (found === undefined)
      throw new Finding(`seal ${from.batch}, which was noted, is missing: the newest seals were removed`);
    if (found.seal !== from.seal) throw sealedAnew(from);
    if (seal !== undefined && !isSealRight(seal, this.#keys)) throw new Finding(alteredSeal(seal));
    this.#use = seal ?? null;
    this.#from = this.#head = from;
    return seal?.lastId ?? 0;
  }

  /** Pruning may have overtaken us: then the chain begins at its checkpoint. */
  async #checkCheckpoint(): Promise<void> {
    const checkpoint = await readCheckpoint(this.#connection, this.#keys);
    if (checkpoint === undefined) return;
    this.#start = { batch: checkpoint.batch, seal: checkpoint.seal };
    if (checkpoint.batch > this.#head.batch) this.#head = this.#start;
    this.#rules = { keptFrom: checkpoint.keptFrom };
  }

  async #checkSeals(): Promise<void> {
    for (let isEnd = false; !isEnd;) isEnd = await this.#inSnapshot(() => this.#checkNextPage());
  }

  /** True at the end of the chain, where nothing may be left that claims to belong to it. */
  async #checkNextPage(): Promise<boolean> {
    await this.#checkCheckpoint();
    const [stray] = await select<{ batch: number }>(
      this.#connection,
      'SELECT batch FROM audit_seals WHERE batch <= ? LIMIT 1',
      [this.#start.batch],
    );
    if (stray !== undefined)
      throw new Finding(
        `seal ${stray.batch} was inserted: the batches up to ${this.#start.batch} were pruned`,
      );
    const [newest] = await select<{ batch: number | null }>(
      this.#connection,
      'SELECT MAX(batch) AS batch FROM audit_seals',
    );
    this.#lastBatch = newest?.batch ?? 0;
    const page = await select<Seal>(
      this.#connection,
      `SELECT ${sealColumns} FROM audit_seals WHERE batch > ? ORDER BY batch LIMIT ${pageSeals}`,
      [this.#head.batch],
    );
    await this.#checkPage(page);
    if (page.length === pageSeals) return false;
    await checkStrayRows(this.#connection, this.#start, this.#head);
    return true;
  }

  async #checkUnsealed(afterId: number): Promise<void> {
    const [bounds] = await select<{ first: number | null; last: number | null }>(
      this.#connection,
      'SELECT MIN(id) AS first, MAX(id) AS last FROM audit_log WHERE id > ?',
      [afterId],
    );
    const { first, last } = bounds!;
    if (first === null || last === null) return;
    for (let after = first - 1; after < last; after += unsealedIds)
      await this.#inSnapshot(async () => {
        await this.#checkCheckpoint();
        const range = { after, upTo: Math.min(after + unsealedIds, last) };
        const [clock] = await select<{ now: string }>(
          this.#connection,
          'SELECT CAST(UTC_TIMESTAMP(3) AS CHAR) AS now',
        );
        const rowKeys = this.#keys.forRows(this.#use, clock!.now);
        for await (const row of readUnsealedRows(this.#connection, range)) {
          checkUnsealedRow(this.#rules, rowKeys, row);
          this.#unsealed++;
        }
      });
  }

  /** What is wrong comes up in the order of the chain: rows before a broken seal are checked first. */
  async #checkPage(seals: readonly Seal[]): Promise<void> {
    let batches: Batch[] = [];
    let waiting = 0;
    const flush = async () => {
      await this.#checkBatches(batches);
      [batches, waiting] = [[], 0];
    };
    for (const seal of seals) {
      const fault = findSealFault(seal, { keys: this.#keys, head: this.#head, use: this.#use });
      if (fault !== null) {
        await flush();
        throw new Finding(fault);
      }
      this.#head = { batch: seal.batch, seal: seal.seal };
      this.#use = seal;
      const ids = new Set(readIds(seal.rowIds));
      batches.push({ seal, ids });
      waiting += ids.size;
      if (waiting >= rowsAtOnce) await flush();
    }
    await flush();
  }

  async #checkBatches(batches: readonly Batch[]): Promise<void> {
    const [first, last] = [batches.at(0), batches.at(-1)];
    if (first === undefined || last === undefined) return;
    const expectedRows = batches.reduce((sum, { ids }) => sum + ids.size, 0);
    const rows = await readSealedRows(this.#connection, {
      first: first.seal.batch,
      last: last.seal.batch,
      limit: expectedRows + 1, // one more is enough to know of an inserted one
    });
    const rowsOf = Map.groupBy(rows, ({ batch }) => batch);
    for (const batch of batches) this.#checkBatch(batch, rowsOf.get(batch.seal.batch) ?? []);
    this.#options.onProgress?.(this.#rows, this.#head.batch, this.#lastBatch);
  }

  #checkBatch({ seal: whole, ids }: Batch, rows: readonly SealedRow[]): void {
    const { batch, seal, root } = whole;
    const sealKey = this.#keys.find(whole.keyId)!; // its seal was checked with it
    const keys = { sealKey, rowKeys: this.#keys.forRows(whole, whole.sealedAt) };
    const found = new Map(rows.map((row) => [row.rowId, row]));
    for (const id of [...new Set([...ids, ...found.keys()])].sort((a, b) => a - b)) {
      if (!ids.has(id)) throw new Finding(`row ${id} was inserted: batch ${batch} was sealed without it`);
      checkSealedRow(this.#rules, keys, id, found.get(id));
      this.#rows++;
    }
    if (rootOf(rows.map(({ digest }) => digest)) !== root)
      throw new Finding(`a row of batch ${batch} was replaced by an older state of it`);
    this.#checkNoted({ batch, seal });
  }

  /** For each batch on its way, and without one for the end of the chain. */
  #checkNoted(head?: Head): void {
    const { noted } = this.#options;
    if (noted === undefined) return;
    if (head === undefined && noted.batch > this.#head.batch)
      throw new Finding(
        `the chain ends with batch ${this.#head.batch}, but the seal of batch ${noted.batch} was noted: the newest seals were removed`,
      );
    const same = head ?? this.#start;
    if (same.batch === noted.batch && same.seal !== noted.seal) throw sealedAnew(noted);
  }
}
