/** Looks into a registry in MySQL or MariaDB past its ports, for the contract suite. */
import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { hexOf } from '../../../src/mysql/audit/audit-row.ts';
import type { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import type { RegistryUnderTest } from '../contracts/registry-steps.ts';

const tables = [
  'audit_seals',
  'audit_sealed_rows',
  'audit_checkpoints',
  'notification_outbox',
  'resets',
  'call_backs',
  'login_guesses',
  'account_codes',
  'accounts',
  'calls',
  'instances',
  'audit_log',
  'attempts',
  'console_sessions',
  'console_browsers',
  'console_sign_ins',
  'console_users',
  'call_steps',
  'call_figures',
  'call_day_figures',
  'call_day_lengths',
  'call_hour_totals',
  'menu_counts',
  'menu_hour_counts',
  'menu_day_counts',
];

/** Runs statements as the database's owner. */
export class RegistryOwner {
  readonly pool: Pool;

  constructor(url: string) {
    this.pool = createPool({ uri: url, connectionLimit: 5 });
    this.pool.on('connection', (connection) => connection.on('error', () => undefined));
  }

  async rows<Row = Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<Row[]> {
    const [rows] = await this.pool.query<RowDataPacket[]>(sql, values);
    return rows as Row[];
  }

  end(): Promise<void> {
    return this.pool.end();
  }

  async clear(): Promise<void> {
    for (const table of tables) await this.pool.query(`DELETE FROM ${table}`);
    await this.pool.query('UPDATE audit_sweep SET up_to = 0');
  }

  async addAccount({
    bhxhCode,
    phone,
    passwordHash,
  }: {
    bhxhCode: string;
    phone: string;
    passwordHash: string;
  }): Promise<number> {
    const [{ insertId }] = await this.pool.query<ResultSetHeader>(
      'INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))',
      [bhxhCode, phone, passwordHash],
    );
    return insertId;
  }

  /** Gives the account a personal ID. */
  async addCode(id: number, code: string): Promise<void> {
    await this.pool.query(`INSERT INTO account_codes (code, kind, account_id) VALUES (?, 'personal-id', ?)`, [
      code,
      id,
    ]);
  }
}

export function databaseUnderTest(registry: MysqlRegistry, owner: RegistryOwner): RegistryUnderTest {
  return {
    registry,
    clear: () => owner.clear(),
    async age(ms) {
      await owner.pool.query(
        'UPDATE attempts SET charged_at = charged_at - INTERVAL (? * 1000) MICROSECOND',
        [ms],
      );
      await owner.pool.query('UPDATE resets SET settled_at = settled_at - INTERVAL (? * 1000) MICROSECOND', [
        ms,
      ]);
    },
    async ageLeases(ms) {
      await owner.pool.query('UPDATE instances SET seen_at = seen_at - INTERVAL (? * 1000) MICROSECOND', [
        ms,
      ]);
    },
    addAccount: (account) => owner.addAccount(account),
    addCode: (id, code) => owner.addCode(id, code),
    async movePhone(id, phone) {
      await owner.pool.query('UPDATE accounts SET phone = ? WHERE id = ?', [phone, id]);
    },
    async readAccount(id) {
      const [row] = await owner.rows<{
        password_hash: string;
        must_change: number;
        expires_in_ms: number | null;
      }>(
        `SELECT password_hash, must_change, TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(3), password_expires_at) DIV 1000 AS expires_in_ms
         FROM accounts WHERE id = ?`,
        [id],
      );
      return {
        passwordHash: row!.password_hash,
        mustChange: row!.must_change === 1,
        expiresInMs: row!.expires_in_ms,
      };
    },
    async auditRows(callId) {
      return owner.rows(
        'SELECT outcome, reason, branch, masked_phone AS maskedPhone, account_id AS accountId FROM audit_log WHERE call_id = ?',
        [callId],
      );
    },
    async auditKeys(callId) {
      const [row] = await owner.rows<{ phoneKey: string | null; codeKey: string | null }>(
        `SELECT ${hexOf('phone_key')} AS phoneKey, ${hexOf('code_key')} AS codeKey FROM audit_log WHERE call_id = ?`,
        [callId],
      );
      return row!;
    },
    async steps(callId) {
      const sql = 'SELECT steps FROM call_steps WHERE call_id = ?';
      return (await owner.rows<{ steps: string }>(sql, [callId]))[0]?.steps ?? null;
    },
    async actsAbout(codeKey) {
      const sql = `SELECT CONCAT(by_user, ': ', reason) AS act FROM audit_log WHERE by_user IS NOT NULL AND code_key = UNHEX(?) ORDER BY id`;
      return (await owner.rows<{ act: string }>(sql, [codeKey])).map(({ act }) => act);
    },
    async resetsIn(state, accountId) {
      return (
        await owner.rows('SELECT id FROM resets WHERE state = ? AND account_id = ?', [state, accountId])
      ).map((row) => String(row['id']));
    },
    async notifications(resetId) {
      return (await owner.rows('SELECT id FROM notification_outbox WHERE reset_id = ?', [resetId])).length;
    },
  };
}
