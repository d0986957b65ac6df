import { randomUUID } from 'node:crypto';
import { macOf } from '../../../src/mysql/audit/audit-row.ts';
import type { Head } from '../../../src/mysql/audit/audit-seal.ts';
import { AuditSealer, type SealedBatch } from '../../../src/mysql/audit/audit-sealer.ts';
import { verifyAuditLog } from '../../../src/mysql/audit/verify.ts';
import type { VerifyReport } from '../../../src/mysql/audit/verify-report.ts';
import type { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import { auditKey, endedAt, endedCall } from './audited-calls.ts';
import type { RegistryOwner } from './database-registry.ts';
import type { MigratedDatabase } from './describe-with-registry.ts';

/** The audit log of a database, with its sealer and with calls that extend it. */
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

  /** Acts as an intruder who may write everything but has no key. */
  async tamper(sql: string, values: unknown[] = []): Promise<void> {
    await this.owner.pool.query(sql, values);
  }

  /** Seals `batches` batches of three calls each. Returns the ids of all rows. */
  async sealedCalls(batches = 2): Promise<number[]> {
    for (let batch = 0; batch < batches; batch++) {
      for (let call = 0; call < 3; call++) await this.endedCall();
      await this.seal();
    }
    return (await this.owner.rows<{ id: number }>('SELECT id FROM audit_log ORDER BY id')).map(
      ({ id }) => id,
    );
  }

  /** Writes many rows at once as the application would, of calls whose openings were not recorded. */
  async writtenRows(count: number): Promise<void> {
    const unopened = {
      instance_id: null,
      channel_id: null,
      branch: null,
      masked_phone: null,
      opened_at: null,
    };
    const rows = Array.from({ length: count }, () => {
      const fields = {
        ...{
          ...unopened,
          call_id: randomUUID(),
          node: 'node-1',
          phone_key: null,
          identity: null,
          code_key: null,
        },
        ...{ closed_at: '2026-01-01 00:00:00.000', duration_ms: '1', outcome: 'mismatch', reason: 'many' },
        ...{ account_id: null, reset_id: null, valid_until: null, reading_begun: '0' },
        ...{ mismatches: '0', silences: '0', incomplete_codes: '0', by_user: null },
      };
      return { ...fields, mac: Buffer.from(macOf(auditKey, fields), 'hex') };
    });
    await this.tamper(`INSERT INTO audit_log (${Object.keys(rows[0]!).join(', ')}) VALUES ?`, [
      rows.map((row) => Object.values(row)),
    ]);
  }

  /** Makes the calls that are not sealed yet end at this time. */
  endedAt(closedAt: string): Promise<void> {
    return endedAt(this.owner, closedAt);
  }
}
