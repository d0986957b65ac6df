/** Calls that end, and the audit log they leave, for the tests of its chain. */
import { randomUUID } from 'node:crypto';
import type { CallClosing } from '../../src/accounts/registry.ts';
import { subjectKey } from '../../src/accounts/subject-key.ts';
import { MysqlRegistry } from '../../src/mysql/mysql-registry.ts';

export const auditKey = 'a1'.repeat(32);
export const hashKey = 'b2'.repeat(32);

const hungUp: CallClosing = { outcome: 'hung-up', reason: 'at first reading', durationMs: 20_000 };

/** A registry that writes audit rows as `hotline serve` does. */
export function auditedRegistry(url: string, options: { poolSize?: number } = {}): MysqlRegistry {
  return new MysqlRegistry({ url, deadlineMs: 20_000, audit: { key: auditKey, node: 'node-1' }, ...options });
}

/** A call that comes and ends. Returns its id. */
export async function endedCall(registry: MysqlRegistry, closing: CallClosing = hungUp, phone = '+84912345678'): Promise<string> {
  const callId: string = randomUUID();
  const phoneKey = subjectKey(hashKey, 'phone', phone);
  await registry.openCall({ callId, instanceId: randomUUID(), channelId: '1763800000.7', maskedPhone: '+84912***678', phoneKey });
  await registry.closeCall(callId, closing);
  return callId;
}
