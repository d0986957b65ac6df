/** Checks audit_log against its seals, and the seals against each other (docs/adr/0017). */
import type { Connection } from 'mysql2/promise';
import { AuditCommandFailed, onAuditConnection, select } from './connection.ts';
import { AuditKeys, type KeyUse } from './audit-keys.ts';
import { sealFormat } from './audit-row.ts';
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

export interface VerifyOptions {
  databaseUrl: string;
  /** AUDIT_KEY. */
  key: string;
  /** AUDIT_KEYS_BEFORE. */
  earlierKeys?: readonly string[];
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

/** A seal and the ids of the rows it covers. */
interface Batch {
  readonly seal: Seal;
  readonly ids: ReadonlySet<number>;
}

/** Many batches are small: rows are asked for batch after batch until there are so many. */
const rowsAtOnce = 1000;
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
  readonly #keys: AuditKeys;
  #rules: RowRules = { keptFrom: '' };
  #start = genesis;
  #head = genesis;
  /** Who made the head; null: nothing is sealed. */
  #use: KeyUse | null = null;
  #rows = 0;
  #unsealed = 0;
  #total = 0;

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
    return { finding, rows: this.#rows, unsealed: this.#unsealed, start: this.#start, head: this.#head };
  }

  async #check(): Promise<void> {
    const [count] = await select<{ total: number; now: string }>(
      this.#connection,
      'SELECT COUNT(*) AS total, CAST(UTC_TIMESTAMP(3) AS CHAR) AS now FROM audit_log',
    );
    this.#total = count!.total;
    await this.#checkCheckpoint();
    await this.#checkSeals();
    await checkStrayRows(this.#connection, this.#start, this.#head);
    const rowKeys = this.#keys.forRows(this.#use, count!.now);
    for await (const row of readUnsealedRows(this.#connection)) {
      checkUnsealedRow(this.#rules, rowKeys, row);
      this.#unsealed++;
    }
    this.#checkNoted();
  }

  async #checkCheckpoint(): Promise<void> {
    const [checkpoint] = await select<Checkpoint>(
      this.#connection,
      `SELECT ${checkpointColumns} FROM audit_checkpoints ORDER BY batch DESC LIMIT 1`,
    );
    if (checkpoint === undefined) return;
    const key = this.#keys.find(checkpoint.keyId);
    if (key === null || signatureOf(key, checkpoint) !== checkpoint.signature)
      throw new Finding(
        `the checkpoint after batch ${checkpoint.batch} was altered, inserted, or signed with another key than AUDIT_KEY and AUDIT_KEYS_BEFORE`,
      );
    this.#start = this.#head = { batch: checkpoint.batch, seal: checkpoint.seal };
    this.#rules = { keptFrom: checkpoint.keptFrom };
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

  /** What is wrong comes up in the order of the chain: rows before a broken seal are checked first. */
  async #checkPage(seals: readonly Seal[]): Promise<void> {
    let batches: Batch[] = [];
    let waiting = 0;
    const flush = async () => {
      await this.#checkBatches(batches);
      [batches, waiting] = [[], 0];
    };
    for (const seal of seals) {
      const fault = this.#findSealFault(seal);
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

  #findSealFault(seal: Seal): string | null {
    const expected = this.#head.batch + 1;
    if (seal.batch !== expected) return `seal ${expected} is missing`;
    if (seal.format > sealFormat)
      throw new AuditCommandFailed(
        `Seal ${seal.batch} was made by a newer version of this program: use that one`,
      );
    const key = this.#keys.find(seal.keyId);
    if (key === null || sealOf(key, seal) !== seal.seal)
      return `seal ${seal.batch} was altered, or made with another key than AUDIT_KEY and AUDIT_KEYS_BEFORE`;
    if (this.#use !== null && this.#keys.isEarlier(seal.keyId, this.#use.keyId))
      return `seal ${seal.batch} was made with an earlier key than the seal before it`;
    if (seal.previous !== this.#head.seal)
      return `seal ${seal.batch} does not follow the seal before it: one of the two was replaced`;
    return null;
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
    this.#options.onProgress?.(this.#rows, this.#total);
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
    if (same.batch === noted.batch && same.seal !== noted.seal)
      throw new Finding(`batch ${noted.batch} has another seal than the one noted: it was sealed anew`);
  }
}
