/** Reads what a trial left in the database, as the schema's owner. */
import { randomInt } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';
import { verifyPassword } from '../../src/accounts/password-hash.ts';
import { spokenPassword, type CallSeen, type RegistrySeen } from './checker.ts';

const oldHash = '$argon2id$old';

/** A person with an account. */
export interface ChaosCitizen {
  readonly accountId: number;
  readonly code: string;
  /** As the line shows it: `0912345678`. */
  readonly phone: string;
}

export class Registry {
  readonly #pool: Pool;
  #others = '';

  constructor(url: string) {
    this.#pool = createPool({ uri: url, connectionLimit: 2 });
    this.#pool.on('connection', (connection) => connection.on('error', () => undefined));
  }

  /** Makes an account. What the other accounts hold now must not change. */
  async newCitizen(): Promise<ChaosCitizen> {
    const code = String(randomInt(1e10)).padStart(10, '0');
    const phone = `091${String(randomInt(1e7)).padStart(7, '0')}`;
    this.#others = await this.#fingerprint(0);
    const { insertId } = await this.#change(
      'INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))',
      [code, `+84${phone.slice(1)}`, oldHash],
    );
    return { accountId: insertId, code, phone };
  }

  /** Reads the account's state, after every transaction that still holds the account or one of its resets. */
  async seen(accountId: number, calls: readonly CallSeen[]): Promise<RegistrySeen> {
    const ids = calls.map(({ callId }) => callId);
    const [account] = await this.#rows<{ hash: string }>(
      'SELECT password_hash AS hash FROM accounts WHERE id = ? FOR UPDATE',
      [accountId],
    );
    const resets = await this.#rows<{ state: string }>(
      'SELECT state FROM resets WHERE account_id = ? FOR UPDATE',
      [accountId],
    );
    const audit = await this.#rows<{ callId: string; outcome: string }>(
      'SELECT call_id AS callId, outcome FROM audit_log WHERE call_id IN (?) ORDER BY id',
      [ids],
    );
    const open = await this.#rows<{ callId: string }>(
      'SELECT call_id AS callId FROM calls WHERE call_id IN (?)',
      [ids],
    );
    const notifications = await this.#rows('SELECT id FROM notification_outbox WHERE account_id = ?', [
      accountId,
    ]);
    const charges = await this.#rows<{ callId: string; charged: number }>(
      'SELECT call_id AS callId, COUNT(*) AS charged FROM attempts WHERE call_id IN (?) AND (counts_phone = TRUE OR counts_code = TRUE) GROUP BY call_id',
      [ids],
    );
    const hash = account?.hash ?? null;
    const spoken = calls.map((call) => spokenPassword(call, 8)).filter((password) => password !== null);
    const verified = await Promise.all(
      spoken.map(async (password) => ({
        password,
        fits: hash !== null && hash !== oldHash && (await verifyPassword(hash, password)),
      })),
    );
    return {
      hash,
      oldHash,
      verifying: verified.filter(({ fits }) => fits).map(({ password }) => password),
      audit,
      open: open.map(({ callId }) => callId),
      prepared: resets.filter(({ state }) => state === 'prepared').length,
      activated: resets.filter(({ state }) => state === 'activated').length,
      notifications: notifications.length,
      charged: Object.fromEntries(charges.map(({ callId, charged }) => [callId, charged])),
      othersChanged: (await this.#fingerprint(accountId)) === this.#others ? 0 : 1,
    };
  }

  /**
   * The call that goes on after this one on its channel; null if none does. A call that was closed for a process that
   * froze is interrupted, and its caller is served in another one if the process comes back.
   */
  async nextCallOf(callId: string): Promise<string | null> {
    const [next] = await this.#rows<{ callId: string }>(
      `SELECT next.call_id AS callId
       FROM audit_log JOIN (SELECT call_id, channel_id FROM audit_log UNION ALL SELECT call_id, channel_id FROM calls) AS next
         ON next.channel_id = audit_log.channel_id AND next.call_id <> audit_log.call_id
       WHERE audit_log.call_id = ? AND audit_log.outcome = 'interrupted'`,
      [callId],
    );
    return next?.callId ?? null;
  }

  /** Holds the rows that calls lock, those of accounts and of limits, for `ms`. */
  async lockRows(ms: number): Promise<void> {
    const connection = await this.#pool.getConnection();
    try {
      await connection.beginTransaction();
      for (const table of ['limit_locks', 'accounts'])
        await connection.query(`SELECT * FROM ${table} FOR UPDATE`);
      await pause(ms);
    } finally {
      connection.destroy(); // the server rolls back
    }
  }

  async end(): Promise<void> {
    await this.#pool.end();
  }

  async #fingerprint(except: number): Promise<string> {
    const [row] = await this.#rows<{ sum: string | null }>(
      'SELECT SUM(CRC32(CONCAT(id, password_hash))) AS sum FROM accounts WHERE id <> ?',
      [except],
    );
    return String(row?.sum);
  }

  async #rows<Row = Record<string, unknown>>(sql: string, values: unknown[]): Promise<Row[]> {
    return (await this.#persistently(() => this.#pool.query<RowDataPacket[]>(sql, values)))[0] as Row[];
  }

  async #change(sql: string, values: unknown[]): Promise<ResultSetHeader> {
    return (await this.#persistently(() => this.#pool.query<ResultSetHeader>(sql, values)))[0];
  }

  /** Asks again: a killed server takes the connections of this pool with it. */
  async #persistently<T>(query: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await query();
      } catch (error) {
        if (attempt === 5) throw error;
        await pause(300);
      }
    }
  }
}
