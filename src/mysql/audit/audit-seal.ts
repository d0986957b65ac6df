/** The links of the chain over audit_log: which rows each covers, and how each is authenticated (docs/adr/0017). */
import { createHash } from 'node:crypto';
import type { KeyUse } from './audit-keys.ts';
import { authenticate, hexOf } from './audit-row.ts';

/** A row of audit_seals. */
export interface Seal extends KeyUse {
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

/** The end of a chain so far: the last batch and its seal. */
export interface Head {
  batch: number;
  seal: string;
}

/** The predecessor of the first batch. */
export const genesis: Head = { batch: 0, seal: '0'.repeat(64) };

/** The columns for a SELECT from audit_seals. */
export const sealColumns = `batch, format, key_id AS keyId, CAST(key_since AS CHAR) AS keySince, CAST(sealed_at AS CHAR) AS sealedAt,
  last_id AS lastId, row_ids AS rowIds, ${hexOf('root')} AS root, ${hexOf('previous')} AS previous, ${hexOf('seal')} AS seal`;

/** The seal of a batch. @param key the one of `keyId` */
export function sealOf(
  key: string,
  { batch, format, keyId, keySince, sealedAt, lastId, rowIds, root, previous }: Omit<Seal, 'seal'>,
): string {
  return authenticate(key, 'audit seal', [
    String(batch),
    String(format),
    keyId,
    keySince,
    sealedAt,
    String(lastId),
    rowIds,
    root,
    previous,
  ]);
}

/** SHA-256, in hexadecimal, over the digests of a batch's rows, in order of id. */
export function rootOf(digests: readonly string[]): string {
  const hash = createHash('sha256');
  for (const digest of digests) hash.update(`${digest}\n`);
  return hash.digest('hex');
}

/** A row of audit_checkpoints: batches up to this one were removed, and the chain begins after it. */
export interface Checkpoint extends Head, KeyUse {
  prunedAt: string;
  rowCount: number;
  /** UTC. No call that ended before this was left, so a row of one that is found later was put back. */
  keptFrom: string;
  signature: string;
}

/** The columns for a SELECT from audit_checkpoints. */
export const checkpointColumns = `batch, ${hexOf('seal')} AS seal, key_id AS keyId, CAST(key_since AS CHAR) AS keySince,
  CAST(pruned_at AS CHAR) AS prunedAt, row_count AS rowCount, CAST(kept_from AS CHAR) AS keptFrom, ${hexOf('signature')} AS signature`;

/** The signature of a checkpoint. @param key the one of `keyId` */
export function signatureOf(
  key: string,
  { batch, seal, keyId, keySince, prunedAt, rowCount, keptFrom }: Omit<Checkpoint, 'signature'>,
): string {
  return authenticate(key, 'audit checkpoint', [
    ...[String(batch), seal, keyId, keySince],
    ...[prunedAt, String(rowCount), keptFrom],
  ]);
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

/** The inverse of {@link writeIds}. Only for text whose seal has been checked: a forged range could be endless. */
export function readIds(text: string): number[] {
  return text.split(',').flatMap((range) => {
    const [first = NaN, last = first] = range.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
