/**
 * Holds imported lines until all of them are there. Temporary tables belong to the connection: if
 * the import ends early for any reason, the server drops them and the registry is untouched.
 */
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import type { AccountLine } from './account-line.ts';
import type { Remark } from './reject-file.ts';
import { unusablePasswordHash } from './unusable-password.ts';

export type StagedLine = AccountLine & { line: number };

/** What {@link Staging.publish} did, in accounts. */
export interface Published {
  added: number;
  updated: number;
}

const stagingTables = [
  `CREATE TEMPORARY TABLE import_lines (
     line INT UNSIGNED PRIMARY KEY, bhxh_code VARCHAR(12) NOT NULL, phone VARCHAR(16) NOT NULL,
     renumbered BOOLEAN NOT NULL, password_hash VARCHAR(255) NULL
   ) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin`,
  `CREATE TEMPORARY TABLE import_repeats (
     bhxh_code VARCHAR(12) PRIMARY KEY, first_line INT UNSIGNED NOT NULL, contradicts BOOLEAN NOT NULL
   ) ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin`,
];

export class Staging {
  readonly #connection: Connection;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async create(connection: Connection): Promise<Staging> {
    for (const table of stagingTables) await connection.query(table);
    return new Staging(connection);
  }

  async add(lines: readonly StagedLine[]): Promise<void> {
    const rows = lines.map(({ line, bhxhCode, phone, renumbered, passwordHash }) => [
      line,
      bhxhCode,
      phone,
      renumbered,
      passwordHash,
    ]);
    await this.#connection.query(
      'INSERT INTO import_lines (line, bhxh_code, phone, renumbered, password_hash) VALUES ?',
      [rows],
    );
  }

  /**
   * Removes lines whose code is in the file more than once. If they agree, the first one stays; if
   * not, none does: there is no telling which is right, and the pair decides who may reset.
   */
  async *removeRepeats(): AsyncGenerator<Remark> {
    await this.#connection.query(
      `INSERT INTO import_repeats
       SELECT bhxh_code, MIN(line), COUNT(DISTINCT phone) > 1 OR COUNT(DISTINCT COALESCE(password_hash, '')) > 1
       FROM import_lines GROUP BY bhxh_code HAVING COUNT(*) > 1`,
    );
    const repeated = `FROM import_lines STRAIGHT_JOIN import_repeats USING (bhxh_code) WHERE contradicts OR line <> first_line`;
    type Row = { line: number; first_line: number; contradicts: number };
    for await (const { line, first_line, contradicts } of this.#stream<Row>(
      `SELECT line, first_line, contradicts ${repeated} ORDER BY line`,
    )) {
      const reason = contradicts
        ? `the file has this code more than once, first on line ${first_line}, with different phones or hashes; none was loaded`
        : `repeats line ${first_line}`;
      yield { line, result: 'rejected', column: 'bhxh_code', reason };
    }
    await this.#connection.query(`DELETE import_lines ${repeated}`);
  }

  /**
   * Moves the lines into `accounts`; the caller's transaction makes it all or nothing. Accounts that
   * are not in the file stay. The password of an account is never replaced: a reset or its owner may
   * have set it since the file was written. Rows that need no change are not locked.
   */
  async publish(): Promise<Published> {
    const updated = await this.#change(
      `UPDATE import_lines STRAIGHT_JOIN accounts ON accounts.bhxh_code = import_lines.bhxh_code
       SET accounts.phone = import_lines.phone,
           accounts.password_hash = IF(accounts.password_hash = ?, COALESCE(import_lines.password_hash, ?), accounts.password_hash),
           accounts.updated_at = UTC_TIMESTAMP(3)
       WHERE accounts.phone <> import_lines.phone OR (accounts.password_hash = ? AND import_lines.password_hash IS NOT NULL)`,
      [unusablePasswordHash, unusablePasswordHash, unusablePasswordHash],
    );
    const added = await this.#change(
      `INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at)
       SELECT import_lines.bhxh_code, import_lines.phone, COALESCE(import_lines.password_hash, ?), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
       FROM import_lines LEFT JOIN accounts ON accounts.bhxh_code = import_lines.bhxh_code
       WHERE accounts.id IS NULL ORDER BY import_lines.bhxh_code`,
      [unusablePasswordHash],
    );
    return { added, updated };
  }

  /** Lines whose converted number also belongs to another code: a family, or an outdated line. To be called after {@link publish}. */
  async *sharedAfterRenumbering(): AsyncGenerator<Remark> {
    const shared = this.#stream<{ line: number }>(
      `SELECT DISTINCT line
       FROM import_lines STRAIGHT_JOIN accounts ON accounts.phone = import_lines.phone AND accounts.bhxh_code <> import_lines.bhxh_code
       WHERE renumbered ORDER BY line`,
    );
    for await (const { line } of shared) {
      yield {
        line,
        result: 'loaded',
        column: 'phone',
        reason: 'converted from its form before 2018; another code has the same number',
      };
    }
  }

  async #change(sql: string, values: string[]): Promise<number> {
    const [result] = await this.#connection.query<ResultSetHeader>(sql, values);
    return result.affectedRows;
  }

  /** Yields rows one by one: there may be as many as there are lines in the file. */
  #stream<Row>(sql: string): AsyncIterable<Row> {
    const { connection } = this.#connection as unknown as {
      connection: { query(sql: string): { stream(): AsyncIterable<Row> } };
    };
    return connection.query(sql).stream();
  }
}
