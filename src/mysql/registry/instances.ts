/** The statements about instances and their leases. None needs a transaction. */
import type { Instance, SeenInstance } from '../../registry/instances.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';
import { clip } from '../audit/audit-log.ts';
import { databaseErrorCode } from '../database/database-error.ts';
import type { Session } from '../database/session.ts';

const columns = `instance_id AS instanceId, node, process,
  CAST(started_at AS CHAR) AS startedAt, CAST(seen_at AS CHAR) AS seenAt`;

/** Renews the lease, or takes the node. Returns the living instance that has the node instead, or null. */
export async function hold(session: Session, instance: Instance): Promise<SeenInstance | null> {
  if (await tryToHold(session, instance)) return null;
  const [holder] = await session.select<SeenInstance>(
    `SELECT ${columns} FROM instances WHERE living_node = ?`,
    [clip(instance.node, 64)],
  );
  if (holder === undefined) throw new RegistryUnavailable('the node was given up a moment ago');
  return holder.instanceId === instance.instanceId ? null : holder;
}

/** False: the node is taken, or the lease was renewed within the same millisecond. */
async function tryToHold(session: Session, { instanceId, node, process }: Instance): Promise<boolean> {
  try {
    const renewed = await session.change(
      'UPDATE instances SET seen_at = UTC_TIMESTAMP(3), lost_at = NULL WHERE instance_id = ?',
      [instanceId],
    );
    if (renewed === 0)
      await session.change(
        'INSERT INTO instances (instance_id, node, process, started_at, seen_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))',
        [instanceId, clip(node, 64), clip(process, 120)],
      );
    return true;
  } catch (error) {
    if (databaseErrorCode(error) === 'ER_DUP_ENTRY') return false;
    throw error;
  }
}

/** The living instances, but for this one. */
export function readOthers(session: Session, instanceId: string): Promise<SeenInstance[]> {
  return session.select<SeenInstance>(
    `SELECT ${columns} FROM instances WHERE lost_at IS NULL AND instance_id <> ?`,
    [instanceId],
  );
}

/** Unless it was seen since. */
export async function declareLost(
  session: Session,
  { instanceId, seenAt }: Pick<SeenInstance, 'instanceId' | 'seenAt'>,
): Promise<void> {
  await session.change(
    'UPDATE instances SET lost_at = UTC_TIMESTAMP(3) WHERE instance_id = ? AND seen_at = ? AND lost_at IS NULL',
    [instanceId, seenAt],
  );
}

export async function leave(session: Session, instanceId: string): Promise<void> {
  await session.change('DELETE FROM instances WHERE instance_id = ?', [instanceId]);
}

/**
 * Deletes up to `count` instances that were lost a day ago; returns how many. One with open calls stays, so
 * that it can still be seen whose they are.
 */
export function deleteLost(session: Session, count: number): Promise<number> {
  return session.change(
    `DELETE FROM instances WHERE lost_at < UTC_TIMESTAMP(3) - INTERVAL 1 DAY
     AND NOT EXISTS (SELECT 1 FROM calls WHERE calls.instance_id = instances.instance_id) ORDER BY lost_at LIMIT ?`,
    [String(count)],
  );
}
