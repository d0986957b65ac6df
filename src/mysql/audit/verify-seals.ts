/** The seals and the checkpoint of the chain as `hotline audit verify` judges them. */
import type { Connection } from 'mysql2/promise';
import type { AuditKeys, KeyUse } from './audit-keys.ts';
import { sealFormat } from './audit-row.ts';
import {
  checkpointColumns,
  sealOf,
  signatureOf,
  type Checkpoint,
  type Head,
  type Seal,
} from './audit-seal.ts';
import { AuditCommandFailed, select } from './connection.ts';
import { Finding } from './verify-rows.ts';

const otherKey = 'another key than AUDIT_KEY and AUDIT_KEYS_BEFORE';

/** What a seal must follow. */
export interface Predecessor {
  readonly keys: AuditKeys;
  readonly head: Head;
  /** Of the seal before; null without one. */
  readonly use: KeyUse | null;
}

/** What is wrong with the seal, as a sentence; null if nothing is. @throws AuditCommandFailed for a newer format */
export function findSealFault(seal: Seal, { keys, head, use }: Predecessor): string | null {
  const expected = head.batch + 1;
  if (seal.batch !== expected) return `seal ${expected} is missing`;
  if (seal.format > sealFormat)
    throw new AuditCommandFailed(
      `Seal ${seal.batch} was made by a newer version of this program: use that one`,
    );
  if (!isSealRight(seal, keys)) return alteredSeal(seal);
  if (use !== null && keys.isEarlier(seal.keyId, use.keyId))
    return `seal ${seal.batch} was made with an earlier key than the seal before it`;
  if (seal.previous !== head.seal)
    return `seal ${seal.batch} does not follow the seal before it: one of the two was replaced`;
  return null;
}

/** Whether one of our keys made the seal as it is. */
export function isSealRight(seal: Seal, keys: AuditKeys): boolean {
  const key = keys.find(seal.keyId);
  return key !== null && sealOf(key, seal) === seal.seal;
}

export function alteredSeal({ batch }: Head): string {
  return `seal ${batch} was altered, or made with ${otherKey}`;
}

export function sealedAnew({ batch }: Head): Finding {
  return new Finding(`batch ${batch} has another seal than the one noted: it was sealed anew`);
}

/** The newest checkpoint; undefined if nothing was pruned yet. @throws Finding */
export async function readCheckpoint(
  connection: Connection,
  keys: AuditKeys,
): Promise<Checkpoint | undefined> {
  const [checkpoint] = await select<Checkpoint>(
    connection,
    `SELECT ${checkpointColumns} FROM audit_checkpoints ORDER BY batch DESC LIMIT 1`,
  );
  if (checkpoint === undefined) return undefined;
  const key = keys.find(checkpoint.keyId);
  if (key === null || signatureOf(key, checkpoint) !== checkpoint.signature)
    throw new Finding(
      `the checkpoint after batch ${checkpoint.batch} was altered, inserted, or signed with ${otherKey}`,
    );
  return checkpoint;
}
