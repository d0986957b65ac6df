/** Seals the rows of audit_log in batches, in the background (docs/adr/0017). */
import type { Logger } from 'winston';
import { AuditKeys, type KeyUse } from './audit-keys.ts';
import { auditRowColumns, digestOf, hasMac, sealFormat, type AuditRow } from './audit-row.ts';
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
import { readBounds, type Bounds } from './sealer-bounds.ts';
import { countCalls } from '../reports/count-calls.ts';
import { ExpectedError } from '../../expected-error.ts';

/** Max. rows in one batch: few enough for one transaction and for memory. */
const batchRows = 1000;
/** Ids that one statement covers while old rows are swept. */
const sweepIds = 50_000;
/** A row is committed sooner than this after it got its id, or else the sweep finds it, ms. */
const commitMs = 60_000;
/** Long, since no caller waits for sealing. */
const deadlineMs = 15_000;

/** A batch that {@link AuditSealer.sealAll} has sealed. */
export interface SealedBatch {
  batch: number;
  rows: number;
  lastId: number;
  /** To be noted outside the database: it shows later if the end of the chain was cut off. */
  seal: string;
  /** Ids of rows without a right MAC, which the hotline did not write; sealed all the same, and named by verify. */
  forged: string[];
}

/** The chain cannot be continued: a sealer with this key did not write its end. */
export class SealingFailed extends ExpectedError {
  override readonly name = 'SealingFailed';
}

export interface AuditSealerOptions {
  /** DATABASE_URL; SELECT and INSERT are enough. */
  url: string;
  /** AUDIT_KEY. */
  key: string;
  /** AUDIT_KEYS_BEFORE: it goes on after a seal made with one of these. */
  earlierKeys?: readonly string[];
  /** Gets every batch and its seal, which is thereby noted outside the database. */
  logger?: Logger;
  /** How often {@link AuditSealer.start} looks for rows, ms; until it is sealed a row has its MAC alone. Default 5000. */
  everyMs?: number;
}

/**
 * Any number of sealers may run at once, on any number of machines: the primary keys admit each
 * batch and each row once.
 */
export class AuditSealer {
  readonly #database: Database;
  readonly #keys: AuditKeys;
  readonly #logger: Logger | undefined;
  readonly #everyMs: number;
  #timer: NodeJS.Timeout | undefined;
  #sealing: Promise<void> = Promise.resolve();
  #isUnreachable = false;
  #isSwept = false;
  /** The greatest id at each look of the last minute, and at one before. */
  #looks: { readonly at: number; readonly id: number }[] = [];

  /** Does not connect yet. @throws DatabaseUrlError */
  constructor({ url, key, earlierKeys, logger, everyMs = 5000 }: AuditSealerOptions) {
    this.#database = new Database({ url, deadlineMs, poolSize: 1, pool: 'audit' });
    this.#keys = new AuditKeys(key, earlierKeys);
    this.#logger = logger;
    this.#everyMs = everyMs;
  }

  /** Seals periodically until {@link stop}. */
  start(): this {
    this.#timer = setTimeout(() => {
      this.#sealing = this.#sealQuietly().then(() => void (this.#timer === undefined || this.start()));
    }, this.#everyMs);
    return this;
  }

  /** Seals what is left and closes the connection. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#sealing;
    await this.#sealQuietly();
    await this.end();
  }

  /** Closes the connection. */
  async end(): Promise<void> {
    await this.#database.end();
  }

  /**
   * Seals everything that is committed and not sealed yet, new rows first. The first run sweeps the whole
   * table.
   *
   * @param onSealed gets each batch when it is sealed
   * @throws RegistryUnavailable; SealingFailed
   */
  async sealAll(onSealed: (batch: SealedBatch) => void = () => undefined): Promise<SealedBatch[]> {
    const batches: SealedBatch[] = [];
    const add = (batch: SealedBatch) => (batches.push(batch), onSealed(batch));
    const { first, settled } = await this.#sealNew(add);
    for (let after = first - 1; !this.#isSwept && after < settled; after += sweepIds)
      await this.#sealRange(add, after, after + sweepIds);
    this.#isSwept = true;
    return batches;
  }

  /**
   * Seals the new rows, and then takes one step over old ones, from where any sealer has got to: so each row
   * is looked at again an hour after its neighbours were sealed, and none twice by each process.
   *
   * @throws RegistryUnavailable; SealingFailed
   */
  async sealMore(): Promise<SealedBatch[]> {
    const batches: SealedBatch[] = [];
    const add = (batch: SealedBatch) => void batches.push(batch);
    const { settled, swept } = await this.#sealNew(add);
    if (swept >= settled) return batches;
    const upTo = Math.min(swept + sweepIds, settled);
    await this.#sealRange(add, swept, upTo);
    await this.#database.run(
      (session) =>
        session.change('UPDATE audit_sweep SET up_to = ? WHERE one = 1 AND up_to < ?', [upTo, upTo]),
      { lane: 'background' },
    );
    return batches;
  }

  /**
   * Begins at the newest row sealed an hour ago or, if that is later, at the newest row of a look that is a
   * minute old: an id is taken before its transaction commits, so rows appear out of order.
   */
  async #sealNew(add: (batch: SealedBatch) => void): Promise<Bounds> {
    const bounds = await this.#database.run(readBounds);
    const now = performance.now();
    const seen = this.#looks.findLast(({ at }) => at <= now - commitMs);
    await this.#sealRange(add, Math.max(bounds.settled, seen?.id ?? 0));
    this.#looks = [...this.#looks.filter((look) => look === seen || look.at > now - commitMs), { at: now, id: bounds.last }]; // prettier-ignore
    return bounds;
  }

  /** Seals batch after batch until these ids are done. After losing to another sealer it looks again, since the chain is longer then. */
  async #sealRange(
    add: (batch: SealedBatch) => void,
    after: number,
    upTo = Number.MAX_SAFE_INTEGER,
  ): Promise<void> {
    for (let [from, rows] = [after, batchRows]; rows >= batchRows;) {
      const batch = await this.#database.transaction((session) => sealBatch(session, this.#keys, from, upTo));
      if (batch === 'beaten') continue;
      if (batch === null) return;
      add(batch);
      [from, rows] = [batch.lastId, batch.rows];
    }
  }

  async #sealQuietly(): Promise<void> {
    try {
      for (const { batch, rows, seal, forged } of await this.sealMore()) {
        this.#logger?.info('audit rows sealed', { batch, rows, seal });
        if (forged.length > 0)
          this.#logger?.error('audit rows that the hotline did not write: run hotline audit verify', {
            batch,
            rows: forged.length,
          });
      }
      this.#isUnreachable = false;
    } catch (error) {
      if (!this.#isUnreachable)
        this.#logger?.error('audit rows could not be sealed; trying again', { error });
      this.#isUnreachable = true;
    }
  }
}

/** Null if there is nothing to seal; `beaten` if another sealer was faster and nothing was done. */
async function sealBatch(
  session: Session,
  keys: AuditKeys,
  after: number,
  upTo: number,
): Promise<SealedBatch | 'beaten' | null> {
  // The end of the chain is read first: if another sealer extends it afterwards, our batch number is taken.
  const { head, use, now, keptFrom } = await readHead(session, keys);
  const rows = await readUnsealedRows(session, after, upTo);
  if (rows.length === 0) return null;
  const digests = rows.map((row) => digestOf(keys.current, row));
  const ids = rows.map(({ id }) => Number(id));
  const content = {
    batch: head.batch + 1,
    format: sealFormat,
    ...keys.takeOver(use, now),
    sealedAt: now,
    lastId: ids.at(-1)!,
    rowIds: writeIds(ids),
    root: rootOf(digests),
  };
  const seal = sealOf(keys.current, { ...content, previous: head.seal });
  if (!(await insertSeal(session, { ...content, previous: head.seal, seal }))) return 'beaten';
  // JSON keeps the statement the same for any number of rows.
  await session.change(
    `INSERT INTO audit_sealed_rows (row_id, batch, digest)
     SELECT sealed.row_id, ?, UNHEX(sealed.digest)
     FROM JSON_TABLE(?, '$[*]' COLUMNS (row_id BIGINT UNSIGNED PATH '$[0]', digest CHAR(64) PATH '$[1]')) AS sealed`,
    [content.batch, JSON.stringify(ids.map((id, index) => [id, digests[index]]))],
  );
  const rowKeys = keys.forRows(content, now);
  const genuine = new Set(rows.filter((row) => hasMac(rowKeys, row)));
  await countCalls(session, [...genuine], keptFrom);
  const forged = rows.filter((row) => !genuine.has(row)).map(({ id }) => id);
  return { batch: content.batch, rows: rows.length, lastId: content.lastId, seal, forged };
}

/** False if the batch number is taken. */
async function insertSeal(
  session: Session,
  { batch, format, keyId, keySince, sealedAt, lastId, rowIds, root, previous, seal }: Seal,
): Promise<boolean> {
  try {
    await session.change(
      'INSERT INTO audit_seals (batch, format, key_id, key_since, sealed_at, last_id, row_ids, root, previous, seal) VALUES (?, ?, ?, ?, ?, ?, ?, UNHEX(?), UNHEX(?), UNHEX(?))',
      [...[batch, format, keyId, keySince, sealedAt, lastId], ...[rowIds, root, previous, seal]],
    );
    return true;
  } catch (error) {
    if (databaseErrorCode(error) === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

/** The end of the chain, who made it, the time, and when the oldest call ended that was not pruned ('': none was). @throws SealingFailed if none of these keys did */
async function readHead(
  session: Session,
  keys: AuditKeys,
): Promise<{ head: Head; use: KeyUse | null; now: string; keptFrom: string }> {
  const [clock] = await session.select<{ now: string }>('SELECT CAST(UTC_TIMESTAMP(3) AS CHAR) AS now', []);
  const [seal] = await session.select<Seal>(
    `SELECT ${sealColumns} FROM audit_seals ORDER BY batch DESC LIMIT 1`,
    [],
  );
  const [checkpoint] = await session.select<Checkpoint>(
    `SELECT ${checkpointColumns} FROM audit_checkpoints ORDER BY batch DESC LIMIT 1`,
    [],
  );
  const end = seal ?? checkpoint ?? null;
  const key = end === null ? null : keys.find(end.keyId);
  const isRight =
    end === null ||
    (key !== null &&
      (seal !== undefined
        ? sealOf(key, seal) === seal.seal
        : signatureOf(key, checkpoint!) === checkpoint!.signature));
  if (!isRight)
    throw new SealingFailed(
      'the newest seal of the audit log was made with another key than AUDIT_KEY and AUDIT_KEYS_BEFORE, or changed since: run hotline audit verify',
    );
  return { head: end ?? genesis, use: end, now: clock!.now, keptFrom: checkpoint?.keptFrom ?? '' };
}

/** In order of id. A row may be committed after rows with greater ids, and gaps are normal. */
function readUnsealedRows(session: Session, after: number, upTo: number): Promise<AuditRow[]> {
  return session.select<AuditRow>(
    `SELECT ${auditRowColumns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id
     WHERE s.row_id IS NULL AND a.id > ? AND a.id <= ? ORDER BY a.id LIMIT ${batchRows}`,
    [after, upTo],
  );
}
