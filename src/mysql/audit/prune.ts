/** Retention: removes the oldest batches of audit_log and leaves a checkpoint that the rest verifies from. */
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { formatUtc } from '../database/utc.ts';
import { AuditCommandFailed, onAuditConnection, select } from './connection.ts';
import { AuditKeys, type KeyUse } from './audit-keys.ts';
import { hexOf } from './audit-row.ts';
import { checkpointColumns, genesis, signatureOf, type Checkpoint, type Head } from './audit-seal.ts';
import { verifyAuditLog } from './verify.ts';

export interface PruneOptions {
  /** DATABASE_OWNER_URL: the application's user may not delete here. */
  ownerUrl: string;
  /** AUDIT_KEY: signs the checkpoint. */
  key: string;
  /** AUDIT_KEYS_BEFORE. */
  earlierKeys?: readonly string[];
  /** Batches whose calls all ended before this are removed. */
  before: Date;
  /** What must verify first begins after this batch, whose seal was noted when all up to it had. Default: all of it. */
  from?: Head;
  onProgress?: (rows: number) => void;
}

export interface PruneReport {
  rows: number;
  batches: number;
  /** Where the chain begins now. */
  start: Head;
}

/** Max. batches removed in one transaction, and so the most that a crash undoes. */
const batchesAtOnce = 20;

/**
 * Removes whole batches only, oldest first, up to the first one with a call that ended later. The
 * checkpoint is written in the same transaction, so the log verifies whenever this is interrupted.
 *
 * @throws AuditCommandFailed, with nothing removed if the log does not verify; DatabaseUrlError
 */
export async function pruneAuditLog({
  ownerUrl,
  key,
  earlierKeys = [],
  before,
  from,
  onProgress,
}: PruneOptions): Promise<PruneReport> {
  const { finding, start } = await verifyAuditLog({
    databaseUrl: ownerUrl,
    key,
    earlierKeys,
    ...(from && { from }),
  });
  const keys = new AuditKeys(key, earlierKeys);
  if (finding !== null)
    throw new AuditCommandFailed(`Nothing was removed, since the audit log does not verify: ${finding}`);
  return onAuditConnection(ownerUrl, async (connection) => {
    const report: PruneReport = { rows: 0, batches: 0, start };
    for (;;) {
      await connection.beginTransaction();
      const step = await pruneNext(connection, keys, before);
      await connection.commit();
      if (step === null) return report;
      report.rows += step.rows;
      report.batches += step.batches;
      report.start = step.start;
      onProgress?.(report.rows);
    }
  });
}

async function pruneNext(connection: Connection, keys: AuditKeys, before: Date): Promise<PruneReport | null> {
  const [newest] = await select<Checkpoint>(
    connection,
    `SELECT ${checkpointColumns} FROM audit_checkpoints ORDER BY batch DESC LIMIT 1 FOR UPDATE`,
  );
  const from = newest ?? genesis;
  const old = await findOldBatches(connection, from.batch, before);
  const last = old.at(-1);
  if (last === undefined) return null;
  const range = [from.batch + 1, last.batch];
  const rows = await remove(
    connection,
    `DELETE audit_log FROM audit_log JOIN audit_sealed_rows ON audit_sealed_rows.row_id = audit_log.id WHERE audit_sealed_rows.batch BETWEEN ? AND ?`,
    range,
  );
  await remove(connection, 'DELETE FROM audit_sealed_rows WHERE batch BETWEEN ? AND ?', range);
  await remove(connection, 'DELETE FROM audit_seals WHERE batch BETWEEN ? AND ?', range);
  await addCheckpoint(connection, keys, last, rows, newest?.keptFrom);
  return { rows, batches: old.length, start: { batch: last.batch, seal: last.seal } };
}

/** What a checkpoint keeps of the last batch removed. */
type LastSeal = Head & KeyUse;

/** The first batches after `batch` whose calls had all ended before `before`. */
async function findOldBatches(connection: Connection, batch: number, before: Date): Promise<LastSeal[]> {
  const seals = await select<LastSeal>(
    connection,
    `SELECT batch, ${hexOf('seal')} AS seal, key_id AS keyId, CAST(key_since AS CHAR) AS keySince FROM audit_seals WHERE batch > ? ORDER BY batch LIMIT ${batchesAtOnce}`,
    [batch],
  );
  const old: LastSeal[] = [];
  for (const seal of seals) {
    const [young] = await select(
      connection,
      `SELECT 1 FROM audit_sealed_rows AS s JOIN audit_log AS a ON a.id = s.row_id WHERE s.batch = ? AND a.closed_at >= ? LIMIT 1`,
      [seal.batch, formatUtc(before)],
    );
    if (young !== undefined) break;
    old.push(seal);
  }
  return old;
}

/** @param keptFrom of the previous checkpoint: calls that were gone then are still gone */
async function addCheckpoint(
  connection: Connection,
  keys: AuditKeys,
  { batch, seal, ...use }: LastSeal,
  rowCount: number,
  keptFrom = '',
): Promise<void> {
  // Minus an hour: a call whose row is being committed right now ended seconds ago.
  const [time] = await select<{ prunedAt: string; oldest: string }>(
    connection,
    `SELECT CAST(moment AS CHAR) AS prunedAt,
            CAST(LEAST(moment - INTERVAL 1 HOUR, COALESCE((SELECT MIN(closed_at) FROM audit_log), moment)) AS CHAR) AS oldest
     FROM (SELECT UTC_TIMESTAMP(3) AS moment) AS clock`,
  );
  const { prunedAt, oldest } = time!;
  const { keyId, keySince } = keys.takeOver(use, prunedAt);
  const checkpoint = {
    ...{ batch, seal, keyId, keySince, prunedAt, rowCount },
    keptFrom: oldest > keptFrom ? oldest : keptFrom,
  };
  await connection.query(
    'INSERT INTO audit_checkpoints (batch, seal, key_id, key_since, pruned_at, row_count, kept_from, signature) VALUES (?, UNHEX(?), ?, ?, ?, ?, ?, UNHEX(?))',
    [
      ...[batch, seal, keyId, keySince, prunedAt, rowCount, checkpoint.keptFrom],
      signatureOf(keys.current, checkpoint),
    ],
  );
}

async function remove(connection: Connection, sql: string, range: number[]): Promise<number> {
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(sql, range);
  return affectedRows;
}
