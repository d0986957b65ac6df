/** Seals the rows of audit_log in batches, away from the calls (docs/adr/0017). */
import type { Logger } from 'winston';
import { auditRowColumns, digestOf, isMarked, sealFormat, type AuditRow } from './audit-row.ts';
import {
  checkpointColumns,
  genesis,
  rootOf,
  sealColumns,
  sealOf,
  signatureOf,
  writeIds,
  type Checkpoint,
  type Head,
  type Seal,
} from './audit-seal.ts';
import { databaseErrorCode } from '../database/database-error.ts';
import { Database } from '../database/database.ts';
import type { Session } from '../database/session.ts';
import { ExpectedError } from '../../expected-error.ts';

/** Most rows in one batch: what one transaction and one look into memory hold easily. */
const batchRows = 1000;
/** Ids looked at by one statement while the whole table is looked through. */
const sweepIds = 50_000;
/** Sealing has time: no caller waits for it. */
const deadlineMs = 15_000;

/** A batch that {@link AuditSealer.sealAll} has sealed. */
export interface SealedBatch {
  batch: number;
  rows: number;
  lastId: number;
  /** To be noted outside the database, so that a chain whose end was cut off is known. */
  seal: string;
  /** Ids of rows that the application did not write; sealed all the same, and named by verify. */
  unmarked: string[];
}

/** The chain cannot be continued: its end is not what a sealer with this key wrote. */
export class SealingFailed extends ExpectedError {
  override readonly name = 'SealingFailed';
}

export interface AuditSealerOptions {
  /** DATABASE_URL: needs SELECT and INSERT only. */
  url: string;
  /** AUDIT_KEY. */
  key: string;
  /** Told of every batch, so that its seal is noted outside the database. */
  logger?: Logger;
  /** How often {@link AuditSealer.start} looks for rows, ms; until then a row is protected by its mark alone. Default 5000. */
  everyMs?: number;
}

/**
 * Any number of sealers may run at once, on any number of machines: the primary keys let one
 * batch and one row through once.
 */
export class AuditSealer {
  readonly #database: Database;
  readonly #key: string;
  readonly #logger: Logger | undefined;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #isAway = false;
  #isSwept = false;

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor({ url, key, logger, everyMs = 5000 }: AuditSealerOptions) {
    this.#database = new Database({ url, deadlineMs, poolSize: 1 });
    this.#key = key;
    this.#logger = logger;
    this.#everyMs = everyMs;
  }

  /** Seals now and then until {@link stop}. */
  start(): this {
    this.#timer = setTimeout(() => {
      this.#sealing = this.#look().then(() => void (this.#timer === undefined || this.start()));
    }, this.#everyMs);
    return this;
  }

  /** Seals what is there and closes the connection. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sealing;
    await this.#look();
    await this.end();
  }

  /** Closes the connection. */
  async end(): Promise<void> {
    await this.#database.end();
  }

  /**
   * Seals everything that is committed and not sealed yet. The first time it looks through the
   * whole table, later from an hour before the newest seal on: rows are committed within seconds.
   *
   * @throws RegistryUnavailable; SealingFailed
   */
  async sealAll(): Promise<SealedBatch[]> {
    const batches: SealedBatch[] = [];
    if (!this.#isSwept) {
      const { first, settled } = await this.#database.run(readBounds);
      for (let after = first - 1; after < settled; after += sweepIds)
        await this.#sealRange(batches, after, after + sweepIds);
      this.#isSwept = true;
    }
    const { settled } = await this.#database.run(readBounds);
    await this.#sealRange(batches, settled);
    return batches;
  }

  /** Batch after batch, until there is nothing more in these ids. Where another sealer was faster it looks again: the chain is longer then. */
  async #sealRange(batches: SealedBatch[], after: number, upTo = Number.MAX_SAFE_INTEGER): Promise<void> {
    for (let [from, rows] = [after, batchRows]; rows >= batchRows;) {
      const batch = await this.#database.transaction((session) => sealBatch(session, this.#key, from, upTo));
      if (batch === 'beaten') continue;
      if (batch === null) return;
      batches.push(batch);
      [from, rows] = [batch.lastId, batch.rows];
    }
  }

  async #look(): Promise<void> {
    try {
      for (const { batch, rows, seal, unmarked } of await this.sealAll()) {
        this.#logger?.info('audit rows sealed', { batch, rows, seal });
        if (unmarked.length > 0)
          this.#logger?.error('audit rows that the hotline did not write: run hotline audit verify', {
            batch,
            rows: unmarked.length,
          });
      }
      this.#isAway = false;
    } catch (error) {
      if (!this.#isAway) this.#logger?.error('audit rows could not be sealed; trying again', { error });
      this.#isAway = true;
    }
  }
}

/** Null if there is nothing to seal; `beaten` if another sealer has just sealed, and nothing was done. */
async function sealBatch(
  session: Session,
  key: string,
  after: number,
  upTo: number,
): Promise<SealedBatch | 'beaten' | null> {
  // The end of the chain first: whoever lengthens it after this makes our batch a repeated one.
  const { head, now } = await readHead(session, key);
  const rows = await unsealedRows(session, after, upTo);
  if (rows.length === 0) return null;
  const digests = rows.map((row) => digestOf(key, row));
  const ids = rows.map(({ id }) => Number(id));
  const content = {
    batch: head.batch + 1,
    format: sealFormat,
    sealedAt: now,
    lastId: ids.at(-1)!,
    rowIds: writeIds(ids),
    root: rootOf(digests),
  };
  const seal = sealOf(key, { ...content, previous: head.seal });
  if (!(await insertSeal(session, { ...content, previous: head.seal, seal }))) return 'beaten';
  // As JSON, so that the statement is the same for any number of rows.
  await session.change(
    `INSERT INTO audit_sealed_rows (row_id, batch, digest)
     SELECT sealed.row_id, ?, sealed.digest
     FROM JSON_TABLE(?, '$[*]' COLUMNS (row_id BIGINT UNSIGNED PATH '$[0]', digest CHAR(64) PATH '$[1]')) AS sealed`,
    [content.batch, JSON.stringify(ids.map((id, index) => [id, digests[index]]))],
  );
  const lastUnmarkedId = await readOrigin(session);
  const unmarked = rows
    .filter((row) => !isMarked(key, row) && (row.mark !== null || Number(row.id) > lastUnmarkedId))
    .map(({ id }) => id);
  return { batch: content.batch, rows: rows.length, lastId: content.lastId, seal, unmarked };
}

/** False if there is such a batch already. */
async function insertSeal(
  session: Session,
  { batch, format, sealedAt, lastId, rowIds, root, previous, seal }: Seal,
): Promise<boolean> {
  try {
    await session.change(
      'INSERT INTO audit_seals (batch, format, sealed_at, last_id, row_ids, root, previous, seal) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
      [...[batch, format, sealedAt, lastId], ...[rowIds, root, previous, seal]],
    );
    return true;
  } catch (error) {
    if (databaseErrorCode(error) === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

/** The end of the chain and the time. A chain whose end this key did not make is left alone. */
async function readHead(session: Session, key: string): Promise<{ head: Head; now: string }> {
  const [clock] = await session.select<{ now: string }>('SELECT CAST(UTC_TIMESTAMP(3) AS CHAR) AS now', []);
  const [seal] = await session.select<Seal>(
    `SELECT ${sealColumns} FROM audit_seals ORDER BY batch DESC LIMIT 1`,
    [],
  );
  const [checkpoint] = await session.select<Checkpoint>(
    `SELECT ${checkpointColumns} FROM audit_checkpoints ORDER BY batch DESC LIMIT 1`,
    [],
  );
  const isRight =
    seal !== undefined
      ? sealOf(key, seal) === seal.seal
      : checkpoint === undefined || signatureOf(key, checkpoint) === checkpoint.signature;
  if (!isRight)
    throw new SealingFailed(
      'the newest seal of the audit log was made with another AUDIT_KEY or changed since: run hotline audit verify',
    );
  return { head: seal ?? checkpoint ?? genesis, now: clock!.now };
}

/** The newest row that an older version may have written without a mark. */
async function readOrigin(session: Session): Promise<number> {
  const [origin] = await session.select<{ id: number }>(
    'SELECT last_unmarked_id AS id FROM audit_origin',
    [],
  );
  return origin?.id ?? 0;
}

/** The first id of all, and one up to which everything committed was sealed, unless a commit took an hour. */
async function readBounds(session: Session): Promise<{ first: number; settled: number }> {
  const [row] = await session.select<{ first: number | null; settled: number | null }>(
    `SELECT (SELECT MIN(id) FROM audit_log) AS first,
            (SELECT last_id FROM audit_seals WHERE sealed_at < UTC_TIMESTAMP(3) - INTERVAL 1 HOUR ORDER BY sealed_at DESC LIMIT 1) AS settled`,
    [],
  );
  return { first: row?.first ?? 1, settled: row?.settled ?? 0 };
}

/** In order of id. Ids come out of order: a row may be committed after rows with greater ids, and gaps stay. */
function unsealedRows(session: Session, after: number, upTo: number): Promise<AuditRow[]> {
  return session.select<AuditRow>(
    `SELECT ${auditRowColumns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id
     WHERE s.row_id IS NULL AND a.id > ? AND a.id <= ? ORDER BY a.id LIMIT ${batchRows}`,
    [after, upTo],
  );
}
