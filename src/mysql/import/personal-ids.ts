/**
 * Personal IDs of staged lines: whether they are one person's, and how they are stored. A code in `account_codes` never
 * stands in `accounts.bhxh_code` too. No key of the database can say so: the check here does, and imports take turns.
 */
import type { Connection, ResultSetHeader } from 'mysql2/promise';
import type { Remark } from './reject-file.ts';

/** A line that cannot be loaded, because one of its codes is another person's. */
export interface Clash {
  line: number;
  code: 'personal_id' | 'bhxh_code';
  why: keyof typeof reasons;
  /** Of those in the file that claim the code. */
  first_line: number | null;
}

const reasons = {
  'in file': 'the file has this code for more than one person, first on line',
  'personal ID': 'another account has this code as its personal ID',
  'BHXH code': 'another account has this code as its BHXH code',
} as const;

export function remarkOf({ line, code, why, first_line }: Clash): Remark {
  const reason = first_line === null ? reasons[why] : `${reasons[why]} ${first_line}; none was loaded`;
  return { line, result: 'rejected', column: code, reason };
}

/** Beside `import_lines`. MySQL opens a temporary table once a statement. */
export const clashTables = [
  'import_claims (code VARCHAR(12) NOT NULL, bhxh_code VARCHAR(12) NOT NULL, line INT UNSIGNED NOT NULL, PRIMARY KEY (code, line))',
  'import_contested (code VARCHAR(12) PRIMARY KEY, first_line INT UNSIGNED NOT NULL)',
  `import_clashes (line INT UNSIGNED PRIMARY KEY, code VARCHAR(12) NOT NULL, why VARCHAR(12) NOT NULL, first_line INT UNSIGNED NULL)`,
];

/**
 * Fills `import_clashes`. Of two lines that claim one code neither is loaded: there is no telling which is right. A code
 * that is another account's now stays so, even if the file takes it from there in another line: which of the lines is
 * stored first is nobody's to say.
 */
export async function findClashes(connection: Connection): Promise<void> {
  const clash = 'INSERT IGNORE INTO import_clashes SELECT';
  for (const statement of [
    `INSERT INTO import_claims SELECT personal_id, bhxh_code, line FROM import_lines WHERE personal_id <> ''`,
    `INSERT INTO import_claims SELECT bhxh_code, bhxh_code, line FROM import_lines WHERE CHAR_LENGTH(bhxh_code) = 12`,
    `INSERT INTO import_contested SELECT code, MIN(line) FROM import_claims GROUP BY code HAVING COUNT(DISTINCT bhxh_code) > 1`,
    `${clash} line, IF(code = bhxh_code, 'bhxh_code', 'personal_id'), 'in file', first_line
     FROM import_claims JOIN import_contested USING (code)`,
    `${clash} line, 'personal_id', 'personal ID', NULL FROM import_lines
     STRAIGHT_JOIN account_codes ON account_codes.code = import_lines.personal_id
     STRAIGHT_JOIN accounts ON accounts.id = account_codes.account_id WHERE accounts.bhxh_code <> import_lines.bhxh_code`,
    `${clash} line, 'personal_id', 'BHXH code', NULL FROM import_lines
     STRAIGHT_JOIN accounts ON accounts.bhxh_code = import_lines.personal_id`,
    `${clash} line, 'bhxh_code', 'personal ID', NULL FROM import_lines
     STRAIGHT_JOIN account_codes ON account_codes.code = import_lines.bhxh_code WHERE CHAR_LENGTH(import_lines.bhxh_code) = 12`,
  ])
    await connection.query(statement);
}

/** Whether the personal ID of an account in `account_codes` is another one than that of its line, which may say none. */
export const hasOtherId = `import_lines.personal_id <> COALESCE(account_codes.code, '')`;

/** Joins `account_codes` to `accounts`. */
export const withPersonalId = `account_codes ON account_codes.account_id = accounts.id AND account_codes.kind = 'personal-id'`;

/** Stores those of the lines numbered `from` to `to`, whose accounts are there. Safe to repeat. */
export async function storePersonalIds(connection: Connection, from: number, to: number): Promise<void> {
  const lines = `FROM import_lines STRAIGHT_JOIN accounts ON accounts.bhxh_code = import_lines.bhxh_code`;
  await connection.query<ResultSetHeader>(
    `DELETE account_codes ${lines} STRAIGHT_JOIN ${withPersonalId}
     WHERE import_lines.line BETWEEN ? AND ? AND ${hasOtherId}`,
    [from, to],
  );
  await connection.query<ResultSetHeader>(
    `INSERT INTO account_codes (code, kind, account_id) SELECT import_lines.personal_id, 'personal-id', accounts.id
     ${lines} LEFT JOIN ${withPersonalId}
     WHERE import_lines.line BETWEEN ? AND ? AND import_lines.personal_id <> '' AND account_codes.code IS NULL`,
    [from, to],
  );
}
