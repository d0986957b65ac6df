/** Retention: removes the oldest batches of audit_log and leaves a checkpoint from which the rest verifies. */
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import { AuditCommandFailed, onAuditConnection, select } from './connection.ts';
import { checkpointColumns, genesis, signatureOf, type Checkpoint, type Head } from './audit-seal.ts';
import { verifyAuditLog } from './verify.ts';

export interface PruneOptions {
  /** DATABASE_OWNER_URL: the application's user may delete nothing here. */
  ownerUrl: string;
  /** AUDIT_KEY. */
  key: string;
  /** Batches all of whose calls ended before this are removed. */
  before: Date;
  onProgress?: (rows: number) => void;
}

export interface PruneReport {
  rows: number;
  batches: number;
  /** Where the chain begins now. */
  start: Head;
}

/** Removed in one transaction, and so the most that has to be done again after a crash. */
const batchesAtOnce = 20;

/**
 * Removes whole batches only, oldest first, up to the first one with a call that ended later. The
 * checkpoint comes in the same transaction: whenever this is interrupted, the log verifies.
 *
 * @throws AuditCommandFailed, with nothing removed if the log does not verify; DatabaseUrlError
 */
export async function pruneAuditLog({
  ownerUrl,
  key,
  before,
  onProgress,
}: PruneOptions): Promise<PruneReport> {
  const { finding, start } = await verifyAuditLog({ databaseUrl: ownerUrl, key });
  if (finding !== null)
    throw new AuditCommandFailed(`Nothing was removed, since the audit log does not verify: ${finding}`);
  return onAuditConnection(ownerUrl, async (connection) => {
    await connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED');
    const report: PruneReport = { rows: 0, batches: 0, start };
    for (;;) {
      await connection.beginTransaction();
      const step = await pruneStep(connection, key, before);
      await connection.commit();
      if (step === null) return report;
      report.rows += step.rows;
      report.batches += step.batches;
      report.start = step.start;
      onProgress?.(report.rows);
    }
  });
}

async function pruneStep(connection: Connection, key: string, before: Date): Promise<PruneReport | null> {
  const [newest] = await select<Checkpoint>(
    connection,
    `SELECT ${checkpointColumns} FROM audit_checkpoints ORDER BY batch DESC LIMIT 1 FOR UPDATE`,
  );
  const from = newest ?? genesis;
  const old = await oldBatches(connection, from.batch, before);
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
  await addCheckpoint(connection, key, last, rows, newest?.keptFrom);
  return { rows, batches: old.length, start: last };
}

/** The first batches after `batch` in which every call had ended by then. */
async function oldBatches(connection: Connection, batch: number, before: Date): Promise<Head[]> {
  const seals = await select<Head>(
    connection,
    `SELECT batch, seal FROM audit_seals WHERE batch > ? ORDER BY batch LIMIT ${batchesAtOnce}`,
    [batch],
  );
  const old: Head[] = [];
  for (const seal of seals) {
    const [young] = await select(
      connection,
      `SELECT 1 FROM audit_sealed_rows AS s JOIN audit_log AS a ON a.id = s.row_id WHERE s.batch = ? AND a.closed_at >= ? LIMIT 1`,
      [seal.batch, utc(before)],
    );
    if (young !== undefined) break;
    old.push({ batch: seal.batch, seal: seal.seal });
  }
  return old;
}

/** @param keptFrom of the checkpoint before: what was gone then is gone now */
async function addCheckpoint(
  connection: Connection,
  key: string,
  { batch, seal }: Head,
  rowCount: number,
  keptFrom = '',
): Promise<void> {
  // An hour: what is being committed now has begun within seconds.
  const [time] = await select<{ prunedAt: string; oldest: string }>(
    connection,
    `SELECT CAST(moment AS CHAR) AS prunedAt,
            CAST(LEAST(moment - INTERVAL 1 HOUR, COALESCE((SELECT MIN(closed_at) FROM audit_log), moment)) AS CHAR) AS oldest
     FROM (SELECT UTC_TIMESTAMP(3) AS moment) AS clock`,
  );
  const { prunedAt, oldest } = time!;
  const checkpoint = { batch, seal, prunedAt, rowCount, keptFrom: oldest > keptFrom ? oldest : keptFrom };
  await connection.query(
    'INSERT INTO audit_checkpoints (batch, seal, pruned_at, row_count, kept_from, signature) VALUES (?, ?, ?, ?, ?, ?)',
    [...[batch, seal, prunedAt, rowCount], ...[checkpoint.keptFrom, signatureOf(key, checkpoint)]],
  );
}

async function remove(connection: Connection, sql: string, range: number[]): Promise<number> {
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(sql, range);
  return affectedRows;
}

/** As DATETIME(3) holds it. */
export function utc(date: Date): string {
  return date.toISOString().replace('T', ' ').replace('Z', '');
}
