/** One link of the chain over audit_log: which rows it covers, and what makes it stand or fall (docs/adr/0017). */
import { createHash } from 'node:crypto';
import { authenticate } from './audit-row.ts';

/** A row of audit_seals. */
export interface Seal {
  batch: number;
  format: number;
  /** As the database writes it, UTC. */
  sealedAt: string;
  lastId: number;
  /** See {@link writeIds}. */
  rowIds: string;
  root: string;
  previous: string;
  seal: string;
}

/** Where a chain goes on: the last batch so far, and its seal. */
export interface Head {
  batch: number;
  seal: string;
}

/** What comes before the first batch. */
export const genesis: Head = { batch: 0, seal: '0'.repeat(64) };

/** For a SELECT from audit_seals. */
export const sealColumns =
  'batch, format, CAST(sealed_at AS CHAR) AS sealedAt, last_id AS lastId, row_ids AS rowIds, root, previous, seal';

/** The seal of a batch. @param key AUDIT_KEY */
export function sealOf(
  key: string,
  { batch, format, sealedAt, lastId, rowIds, root, previous }: Omit<Seal, 'seal'>,
): string {
  return authenticate(key, 'audit seal', [
    String(batch),
    String(format),
    sealedAt,
    String(lastId),
    rowIds,
    root,
    previous,
  ]);
}

/** One value for the digests of a batch's rows, in order of id. */
export function rootOf(digests: readonly string[]): string {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(`${digest}\n`);
  return hash.digest('hex');
}

/** A row of audit_checkpoints: the chain begins after this batch, the ones up to it were removed. */
export interface Checkpoint extends Head {
  prunedAt: string;
  rowCount: number;
  /** No call that ended before this was left, UTC: a row of one that is found later was put back. */
  keptFrom: string;
  signature: string;
}

/** For a SELECT from audit_checkpoints. */
export const checkpointColumns =
  'batch, seal, CAST(pruned_at AS CHAR) AS prunedAt, row_count AS rowCount, CAST(kept_from AS CHAR) AS keptFrom, signature';

/** @param key AUDIT_KEY */
export function signatureOf(
  key: string,
  { batch, seal, prunedAt, rowCount, keptFrom }: Omit<Checkpoint, 'signature'>,
): string {
  return authenticate(key, 'audit checkpoint', [String(batch), seal, prunedAt, String(rowCount), keptFrom]);
}

/** `[7, 8, 9, 12]` becomes `7-9,12`. Ids in ascending order. */
export function writeIds(ids: readonly number[]): string {
  const ranges: [number, number][] = [];
  for (const id of ids) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] + 1 === id) last[1] = id;
    else ranges.push([id, id]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}

/** The ids of {@link writeIds}. Only for text whose seal is right: a forged range could be endless. */
export function readIds(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
