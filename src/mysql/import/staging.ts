/**
 * Holds imported lines until all of them are there and nothing is left to complain about. Temporary
 * tables belong to the connection: the server drops them when the import ends for whatever reason. They
 * are in no binary log, so replicas see the chunks that change accounts, and nothing else.
 */
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import type { AccountLine } from './account-line.ts';
import {
  clashTables,
  findClashes,
  hasOtherId,
  remarkOf,
  storePersonalIds,
  withPersonalId,
  type Clash,
} from './personal-ids.ts';
import { phoneNotes, type PhoneNote } from './phone-cell.ts';
import type { Remark } from './reject-file.ts';
import { unusablePasswordHash } from './unusable-password.ts';

export type StagedLine = AccountLine & { line: number };

/** What {@link Staging.publish} did, in accounts. */
export interface Published {
  added: number;
  updated: number;
}

const sharedNumber = 'converted from its form before 2018; another code has the same number';
const ascii = 'ENGINE = InnoDB DEFAULT CHARSET = ascii COLLATE = ascii_bin';

/** MySQL opens a temporary table once a statement, so what is compared with itself has a copy. */
const stagingTables = [
  `CREATE TEMPORARY TABLE import_lines (
     line INT UNSIGNED PRIMARY KEY, bhxh_code VARCHAR(12) NOT NULL, phone VARCHAR(16) NOT NULL,
     renumbered BOOLEAN NOT NULL, note VARCHAR(30) NULL, password_hash VARCHAR(255) NULL, personal_id VARCHAR(12) NULL
   ) ${ascii}`,
  `CREATE TEMPORARY TABLE import_repeated (bhxh_code VARCHAR(12) PRIMARY KEY) ${ascii}`,
  `CREATE TEMPORARY TABLE import_repeats (
     bhxh_code VARCHAR(12) PRIMARY KEY, first_line INT UNSIGNED NOT NULL, contradicts BOOLEAN NOT NULL
   ) ${ascii}`,
  `CREATE TEMPORARY TABLE import_renumbered (
     line INT UNSIGNED PRIMARY KEY, bhxh_code VARCHAR(12) NOT NULL, phone VARCHAR(16) NOT NULL, KEY (phone)
   ) ${ascii}`,
  `CREATE TEMPORARY TABLE import_holders (line INT UNSIGNED, bhxh_code VARCHAR(12), PRIMARY KEY (line, bhxh_code), KEY (bhxh_code)) ${ascii}`,
  `CREATE TEMPORARY TABLE import_shared (line INT UNSIGNED PRIMARY KEY) ${ascii}`,
  ...clashTables.map((table) => `CREATE TEMPORARY TABLE ${table} ${ascii}`),
];

export class Staging {
  readonly #connection: Connection;
  /** Whether the file has a column for them. */
  #hasPersonalIds = false;
  /** Whether the registry had any before the first line was stored: in an empty one nothing is to be updated. */
  #hasAccounts: boolean | undefined;

  private constructor(connection: Connection) {
    this.#connection = connection;
  }

  static async create(connection: Connection): Promise<Staging> {
    for (const table of stagingTables) await connection.query(table);
    return new Staging(connection);
  }

  async add(lines: readonly StagedLine[]): Promise<void> {
    const rows = lines.map(({ line, bhxhCode, phone, renumbered, note, passwordHash, personalId }) => [
      line,
      bhxhCode,
      phone,
      renumbered,
      note,
      passwordHash,
      personalId,
    ]);
    this.#hasPersonalIds ||= lines.some(({ personalId }) => personalId !== null);
    await this.#connection.query(
      'INSERT INTO import_lines (line, bhxh_code, phone, renumbered, note, password_hash, personal_id) VALUES ?',
      [rows],
    );
  }

  /** Removes lines that other lines, or the registry, contradict. */
  async *removeContradictions(): AsyncGenerator<Remark> {
    await findClashes(this.#connection); // while the lines that others contradict are there
    yield* this.#removeRepeats();
    const clashing = 'FROM import_lines JOIN import_clashes USING (line)';
    const clashes = `SELECT line, code, why, first_line ${clashing} ORDER BY line`;
    for await (const clash of this.#stream<Clash>(clashes)) yield remarkOf(clash);
    await this.#connection.query(`DELETE import_lines ${clashing}`);
  }

  /**
   * Removes lines whose code is in the file more than once. If they agree, the first one stays; if
   * not, none does: there is no telling which is right, and the pair decides who may reset.
   */
  async *#removeRepeats(): AsyncGenerator<Remark> {
    // Sorts the codes: an index that grows with every line takes longer than the whole import does without one.
    const repeatedCodes = await this.#change(
      'INSERT INTO import_repeated SELECT SQL_BIG_RESULT bhxh_code FROM import_lines GROUP BY bhxh_code HAVING COUNT(*) > 1',
    );
    if (repeatedCodes === 0) return;
    await this.#change(
      `INSERT INTO import_repeats
       SELECT bhxh_code, MIN(line), COUNT(DISTINCT phone) > 1 OR COUNT(DISTINCT COALESCE(password_hash, '')) > 1 OR COUNT(DISTINCT personal_id) > 1
       FROM import_lines STRAIGHT_JOIN import_repeated USING (bhxh_code) GROUP BY bhxh_code`,
    );
    const repeated = `FROM import_lines STRAIGHT_JOIN import_repeats USING (bhxh_code) WHERE contradicts OR line <> first_line`;
    type Row = { line: number; first_line: number; contradicts: number };
    for await (const { line, first_line, contradicts } of this.#stream<Row>(
      `SELECT line, first_line, contradicts ${repeated} ORDER BY line`,
    )) {
      const reason = contradicts
        ? `the file has this code more than once, first on line ${first_line}, with different phones, hashes or personal IDs; none was loaded`
        : `repeats line ${first_line}`;
      yield { line, result: 'rejected', column: 'bhxh_code', reason };
    }
    await this.#connection.query(`DELETE import_lines ${repeated}`);
  }

  /** Remarks about lines that will be loaded, in order of lines: what was assumed about their phones. */
  async *notes(): AsyncGenerator<Remark> {
    await this.#findShared();
    type Row = { line: number; note: PhoneNote | null; shared: number | null };
    for await (const { line, note, shared } of this.#stream<Row>(
      `SELECT import_lines.line, note, import_shared.line AS shared
       FROM import_lines LEFT JOIN import_shared ON import_shared.line = import_lines.line
       WHERE note IS NOT NULL OR import_shared.line IS NOT NULL ORDER BY import_lines.line`,
    )) {
      if (note !== null) yield { line, result: 'loaded', column: 'phone', reason: phoneNotes[note] };
      if (shared !== null) yield { line, result: 'loaded', column: 'phone', reason: sharedNumber };
    }
  }

  /** Lines whose converted mobile number will also belong to another code: a family, or an outdated line. */
  async #findShared(): Promise<void> {
    const converted = await this.#change(
      'INSERT INTO import_renumbered SELECT line, bhxh_code, phone FROM import_lines WHERE renumbered',
    );
    if (converted === 0) return;
    for (const statement of [
      `INSERT IGNORE INTO import_shared SELECT DISTINCT import_renumbered.line FROM import_lines STRAIGHT_JOIN import_renumbered
       ON import_renumbered.phone = import_lines.phone AND import_renumbered.bhxh_code <> import_lines.bhxh_code`,
      `INSERT INTO import_holders SELECT import_renumbered.line, accounts.bhxh_code FROM import_renumbered STRAIGHT_JOIN accounts
       ON accounts.phone = import_renumbered.phone AND accounts.bhxh_code <> import_renumbered.bhxh_code`,
      // What the file says of them counts, and was looked at.
      'DELETE import_holders FROM import_lines STRAIGHT_JOIN import_holders USING (bhxh_code)',
      'INSERT IGNORE INTO import_shared SELECT DISTINCT line FROM import_holders',
    ])
      await this.#change(statement);
  }

  /** The greatest number of a line that is still here; 0 if none is. */
  async lastLine(): Promise<number> {
    const [rows] = await this.#connection.query<RowDataPacket[]>(
      'SELECT MAX(line) AS last FROM import_lines',
    );
    return Number(rows[0]?.['last'] ?? 0);
  }

  /**
   * Stores the lines numbered `from` to `to` in `accounts`, within the caller's transaction. May be
   * repeated. Accounts that are not in the file stay, and so do personal IDs if the file has no
   * column for them. The password of an account is never replaced: a
   * reset or its owner may have set it since the file was written. Rows that need no change are not locked.
   */
  async publish(from: number, to: number): Promise<Published> {
    this.#hasAccounts ??= await this.#findAccounts();
    const updated = this.#hasAccounts ? await this.#update(from, to) : 0;
    const added = await this.#change(
      `INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at)
       SELECT import_lines.bhxh_code, import_lines.phone, COALESCE(import_lines.password_hash, ?), UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)
       FROM import_lines LEFT JOIN accounts ON accounts.bhxh_code = import_lines.bhxh_code
       WHERE import_lines.line BETWEEN ? AND ? AND accounts.id IS NULL ORDER BY import_lines.bhxh_code`,
      [unusablePasswordHash, from, to],
    );
    if (this.#hasPersonalIds) await storePersonalIds(this.#connection, from, to);
    return { added, updated };
  }

  async #findAccounts(): Promise<boolean> {
    const [rows] = await this.#connection.query<RowDataPacket[]>('SELECT 1 FROM accounts LIMIT 1');
    return rows.length > 0;
  }

  #update(from: number, to: number): Promise<number> {
    return this.#change(
      `UPDATE import_lines STRAIGHT_JOIN accounts ON accounts.bhxh_code = import_lines.bhxh_code LEFT JOIN ${withPersonalId}
       SET accounts.phone = import_lines.phone,
           accounts.password_hash = IF(accounts.password_hash = ?, COALESCE(import_lines.password_hash, ?), accounts.password_hash),
           accounts.updated_at = UTC_TIMESTAMP(3)
       WHERE import_lines.line BETWEEN ? AND ?
         AND (accounts.phone <> import_lines.phone OR ${hasOtherId} OR (accounts.password_hash = ? AND import_lines.password_hash IS NOT NULL))`,
      [unusablePasswordHash, unusablePasswordHash, from, to, unusablePasswordHash],
    );
  }

  async #change(sql: string, values: (string | number)[] = []): Promise<number> {
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
