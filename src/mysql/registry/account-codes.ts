/** The statement that finds a person by any of their codes. */
import type { PersonCodes } from '../../registry/account-codes.ts';
import type { Select } from '../schema/schema-check.ts';

/** What it reads, for users who do not see every table. */
export const codeTables = ['accounts', 'account_codes'];

/** A lock on the account is a statement of its own, by the first of these codes. @throws errors of mysql2 */
export async function readCodes(session: { readonly select: Select }, code: string): Promise<PersonCodes> {
  const rows = await session.select<{ first: string; other: string | null }>(
    `SELECT accounts.bhxh_code AS first, account_codes.code AS other
     FROM (SELECT COALESCE((SELECT id FROM accounts WHERE bhxh_code = ?),
                           (SELECT account_id FROM account_codes WHERE code = ?)) AS id) AS person
     JOIN accounts ON accounts.id = person.id LEFT JOIN account_codes ON account_codes.account_id = accounts.id`,
    [code, code],
  );
  return [rows[0]?.first ?? code, ...rows.flatMap(({ other }) => other ?? [])];
}
