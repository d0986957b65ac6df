/**
 * All statements of the login. Each is committed by itself (autocommit), and time is the database's alone: a login
 * and the hotline may run on machines whose clocks differ.
 */
import { createHash } from 'node:crypto';
import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise';

export interface Account {
  readonly id: number;
  /** PHC string. */
  readonly passwordHash: string;
  /** It was spoken in a call, and only opens the way to another one. */
  readonly mustChange: boolean;
  /** It has not expired. */
  readonly isValid: boolean;
}

/** Somebody who gave the right password, and which: its hash stands for the password. */
export interface Login {
  readonly accountId: number;
  readonly passwordHash: string;
}

/** A guess that was counted. */
export interface Guess {
  readonly id: number;
  /** How many there were at this password, with this one; more than the limit are not counted apart. */
  readonly count: number;
}

export class Accounts {
  readonly #pool: Pool;

  /** @param url mysql://…, of a user with the rights in rights.sql */
  constructor(url: string) {
    this.#pool = createPool({ uri: url, connectionLimit: 5 });
    // A lost connection fails the statement under way; unhandled, this event would end the process as well.
    this.#pool.on('connection', (connection) => connection.on('error', () => undefined));
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  /** The one place that knows what people type: their BHXH code, or another code of theirs. */
  async find(code: string): Promise<Account | null> {
    const [row] = await this.#select(
      `SELECT id, password_hash, must_change,
              password_expires_at IS NULL OR password_expires_at > UTC_TIMESTAMP(3) AS is_valid
       FROM accounts
       WHERE id = COALESCE((SELECT id FROM accounts WHERE bhxh_code = ?),
                           (SELECT account_id FROM account_codes WHERE code = ?))`,
      [code, code],
    );
    if (row === undefined) return null;
    return {
      id: Number(row['id']),
      passwordHash: String(row['password_hash']),
      mustChange: row['must_change'] === 1,
      isValid: row['is_valid'] === 1,
    };
  }

  /**
   * Counts a guess at a password before it is checked. A reset makes a new hash, and so begins a new count. Of guesses
   * at the same time at most `limit` see a count within it: the last of these to be inserted sees all others.
   */
  async countGuess(passwordHash: string, limit: number): Promise<Guess> {
    const key = createHash('sha256').update(passwordHash).digest();
    const { insertId } = await this.#change(
      `INSERT INTO login_guesses (password_key, guessed_at) VALUES (?, UTC_TIMESTAMP(3))`,
      [key],
    );
    const [row] = await this.#select(
      `SELECT COUNT(*) AS count
       FROM (SELECT id FROM login_guesses WHERE password_key = ? LIMIT ?) AS guesses`,
      [key, String(limit + 1)],
    );
    return { id: insertId, count: Number(row!['count']) };
  }

  /** It was right: only wrong ones count. */
  async takeBack({ id }: Guess): Promise<void> {
    await this.#change('DELETE FROM login_guesses WHERE id = ?', [id]);
  }

  /** Null once the account has another password: a session opened with the old one has ended. */
  async read({
    accountId,
    passwordHash,
  }: Login): Promise<{ codes: [string, ...string[]]; mustChange: boolean } | null> {
    const rows = await this.#select(
      `SELECT bhxh_code, account_codes.code AS other, must_change
       FROM accounts LEFT JOIN account_codes ON account_codes.account_id = accounts.id
       WHERE accounts.id = ? AND password_hash = ?`,
      [accountId, passwordHash],
    );
    const [row] = rows;
    if (row === undefined) return null;
    const others = rows.flatMap(({ other }) => (other === null ? [] : String(other)));
    return { codes: [String(row['bhxh_code']), ...others], mustChange: row['must_change'] === 1 };
  }

  /**
   * Replaces the spoken password. False, with nothing changed, once the account has another one: another window or
   * another call was faster.
   */
  async changePassword({ accountId, passwordHash }: Login, newHash: string): Promise<boolean> {
    const { affectedRows } = await this.#change(
      `UPDATE accounts
       SET password_hash = ?, must_change = FALSE, password_expires_at = NULL, updated_at = UTC_TIMESTAMP(3)
       WHERE id = ? AND password_hash = ? AND must_change`,
      [newHash, accountId, passwordHash],
    );
    return affectedRows === 1;
  }

  async #select(sql: string, values: (string | number | Buffer)[]): Promise<RowDataPacket[]> {
    const [rows] = await this.#pool.execute<RowDataPacket[]>({ sql, timeout: 5000 }, values);
    return rows;
  }

  async #change(sql: string, values: (string | number | Buffer)[]): Promise<ResultSetHeader> {
    const [result] = await this.#pool.execute<ResultSetHeader>({ sql, timeout: 5000 }, values);
    return result;
  }
}
