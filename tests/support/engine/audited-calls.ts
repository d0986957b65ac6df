/** Calls that end, and the audit rows they leave. */
import { randomUUID } from 'node:crypto';
import type { CallClosing } from '../../../src/registry/call-records.ts';
import type { Instances } from '../../../src/registry/instances.ts';
import { subjectKey } from '../../../src/accounts/subject-key.ts';
import { auditRowColumns, macOf, type AuditRow } from '../../../src/mysql/audit/audit-row.ts';
import { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import type { RegistryOwner } from './database-registry.ts';

export const auditKey = 'a1'.repeat(32);
export const hashKey = 'b2'.repeat(32);

const hungUp: CallClosing = { outcome: 'hung-up', reason: 'at first reading', durationMs: 20_000 };

export interface AuditedRegistryOptions {
  /** Default: long enough for a busy machine. */
  readonly deadlineMs?: number;
  readonly poolSize?: number;
  /** This machine's name in audit rows. */
  readonly node?: string;
  /** Default: {@link auditKey}. */
  readonly key?: string;
}

/** A registry that writes audit rows as `hotline serve` does. */
export function auditedRegistry(
  url: string,
  { node = 'node-1', key = auditKey, ...options }: AuditedRegistryOptions = {},
): MysqlRegistry {
  return new MysqlRegistry({ url, deadlineMs: 20_000, audit: { key, node }, ...options });
}

/** A new instance that may open calls, as a node of its own. Returns its id. */
export async function livingInstance(registry: Instances): Promise<string> {
  const instanceId: string = randomUUID();
  await registry.holdNode({ instanceId, node: `node-${instanceId}`, process: '' });
  return instanceId;
}

/** Makes a call that comes and ends. Returns its id. */
export async function endedCall(
  registry: MysqlRegistry,
  closing: CallClosing = hungUp,
  phone = '+84912345678',
): Promise<string> {
  const callId: string = randomUUID();
  const phoneKey = subjectKey(hashKey, 'phone', phone);
  await registry.openCall({
    callId,
    instanceId: await livingInstance(registry),
    channelId: '1763800000.7',
    maskedPhone: '+84***5678',
    phoneKey,
  });
  await registry.closeCall(callId, closing);
  return callId;
}

/** Makes a call in which the account gets a new password. Returns its id. @param validMs 0: it does not expire */
export async function changedCall(
  registry: MysqlRegistry,
  accountId: number,
  phone = '+84912345678',
  validMs = 0,
): Promise<string> {
  const callId: string = randomUUID();
  const offer = { resetId: randomUUID(), callId, accountId, phone, passwordHash: '$argon2id$new' };
  const closing: CallClosing = { outcome: 'changed', reason: 'heard, then stored', durationMs: 41_000 };
  await registry.openCall({
    callId,
    instanceId: await livingInstance(registry),
    channelId: '1763800000.8',
    maskedPhone: '+84***5678',
    phoneKey: null,
  });
  await registry.prepareReset({ ...offer, lifetimeMs: 600_000 });
  await registry.activateReset({ ...offer, passwordValidMs: validMs, closing });
  return callId;
}

/** Makes the calls that are not sealed yet end at this time, UTC with milliseconds, with right MACs. */
export async function endedAt(owner: RegistryOwner, closedAt: string): Promise<void> {
  const rows = await owner.rows<AuditRow>(
    `SELECT ${auditRowColumns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id WHERE s.row_id IS NULL`,
  );
  for (const row of rows) {
    const mac = macOf(auditKey, { ...row, closed_at: closedAt });
    await owner.pool.query('UPDATE audit_log SET closed_at = ?, mac = UNHEX(?) WHERE id = ?', [
      closedAt,
      mac,
      row.id,
    ]);
  }
}
