/** Calls that end, and the audit log they leave, for the tests of its chain. */
import { randomUUID } from 'node:crypto';
import type { CallClosing } from '../../../src/registry/call-records.ts';
import { subjectKey } from '../../../src/accounts/subject-key.ts';
import { auditRowColumns, macOf, type AuditRow } from '../../../src/mysql/audit/audit-row.ts';
import type { Head } from '../../../src/mysql/audit/audit-seal.ts';
import { AuditSealer, type SealedBatch } from '../../../src/mysql/audit/audit-sealer.ts';
import { verifyAuditLog, type VerifyReport } from '../../../src/mysql/audit/verify.ts';
import { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import type { RegistryOwner } from './database-registry.ts';
import type { MigratedDatabase } from './describe-with-registry.ts';

export const auditKey = 'a1'.repeat(32);
export const hashKey = 'b2'.repeat(32);

const hungUp: CallClosing = { outcome: 'hung-up', reason: 'at first reading', durationMs: 20_000 };

export interface AuditedRegistryOptions {
  /** Default: what no busy machine misses. */
  readonly deadlineMs?: number;
  readonly poolSize?: number;
  /** This machine, in audit rows. */
  readonly node?: string;
}

/** A registry that writes audit rows as `hotline serve` does. */
export function auditedRegistry(
  url: string,
  { node = 'node-1', ...options }: AuditedRegistryOptions = {},
): MysqlRegistry {
  return new MysqlRegistry({ url, deadlineMs: 20_000, audit: { key: auditKey, node }, ...options });
}

/** A call that comes and ends. Returns its id. */
export async function endedCall(
  registry: MysqlRegistry,
  closing: CallClosing = hungUp,
  phone = '+84912345678',
): Promise<string> {
  const callId: string = randomUUID();
  const phoneKey = subjectKey(hashKey, 'phone', phone);
  await registry.openCall({
    callId,
    instanceId: randomUUID(),
    channelId: '1763800000.7',
    maskedPhone: '+84912***678',
    phoneKey,
  });
  await registry.closeCall(callId, closing);
  return callId;
}

/** A call in which the account gets a new password. */
export async function changedCall(registry: MysqlRegistry, accountId: number): Promise<string> {
  const [callId, resetId] = [randomUUID() as string, randomUUID()];
  const closing: CallClosing = { outcome: 'changed', reason: 'heard, then stored', durationMs: 41_000 };
  await registry.openCall({
    callId,
    instanceId: randomUUID(),
    channelId: '1763800000.8',
    maskedPhone: '+84912***678',
    phoneKey: null,
  });
  await registry.prepareReset({
    resetId,
    callId,
    accountId,
    passwordHash: '$argon2id$new',
    lifetimeMs: 600_000,
  });
  await registry.activateReset({ resetId, passwordValidMs: 0, closing });
  return callId;
}

/** The audit log of a database, the calls that lengthen it, and its sealer. */
export class AuditLogUnderTest {
  readonly database: MigratedDatabase;
  readonly owner: RegistryOwner;
  readonly registry: MysqlRegistry;
  readonly #sealer: AuditSealer;

  constructor(database: MigratedDatabase) {
    this.database = database;
    this.owner = database.owner;
    this.registry = database.registry;
    this.#sealer = database.endLater(new AuditSealer({ url: database.applicationUrl, key: auditKey }));
  }

  endedCall(): Promise<string> {
    return endedCall(this.registry);
  }

  seal(): Promise<SealedBatch[]> {
    return this.#sealer.sealAll();
  }

  verify(noted?: Head, key = auditKey): Promise<VerifyReport> {
    return verifyAuditLog({ databaseUrl: this.database.applicationUrl, key, ...(noted && { noted }) });
  }

  async finding(noted?: Head): Promise<string | null> {
    return (await this.verify(noted)).finding;
  }

  /** As somebody who may write everything, but has no key. */
  async tamper(sql: string, values: unknown[] = []): Promise<void> {
    await this.owner.pool.query(sql, values);
  }

  /** `batches` batches of three calls each. Returns the ids of all rows. */
  async sealedCalls(batches = 2): Promise<number[]> {
    for (let batch = 0; batch < batches; batch++) {
      for (let call = 0; call < 3; call++) await this.endedCall();
      await this.seal();
    }
    return (await this.owner.rows<{ id: number }>('SELECT id FROM audit_log ORDER BY id')).map(
      ({ id }) => id,
    );
  }

  /** Rows as the application writes them, many at once, of calls whose openings were not recorded. */
  async writtenRows(count: number): Promise<void> {
    const unopened = { instance_id: null, channel_id: null, masked_phone: null, opened_at: null };
    const rows = Array.from({ length: count }, () => {
      const fields = {
        ...{ ...unopened, call_id: randomUUID(), node: 'node-1', phone_key: null, code_key: null },
        ...{ closed_at: '2026-01-01 00:00:00.000', duration_ms: '1', outcome: 'mismatch', reason: 'many' },
        ...{ account_id: null, reset_id: null },
      };
      return { ...fields, mac: macOf(auditKey, fields) };
    });
    await this.tamper(`INSERT INTO audit_log (${Object.keys(rows[0]!).join(', ')}) VALUES ?`, [
      rows.map((row) => Object.values(row)),
    ]);
  }

  /** As if the calls that are not sealed yet had ended then. */
  endedAt(closedAt: string): Promise<void> {
    return endedAt(this.owner, closedAt);
  }
}

/** As if the calls that are not sealed yet had ended then, UTC with milliseconds, and been written so. */
export async function endedAt(owner: RegistryOwner, closedAt: string): Promise<void> {
  const rows = await owner.rows<AuditRow>(
    `SELECT ${auditRowColumns} FROM audit_log AS a LEFT JOIN audit_sealed_rows AS s ON s.row_id = a.id WHERE s.row_id IS NULL`,
  );
  for (const row of rows) {
    const mac = macOf(auditKey, { ...row, closed_at: closedAt });
    await owner.pool.query('UPDATE audit_log SET closed_at = ?, mac = ? WHERE id = ?', [
      closedAt,
      mac,
      row.id,
    ]);
  }
}
