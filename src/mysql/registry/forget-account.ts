/** Deletes one person from the registry (docs/adr/0028-retention.md). */
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { ExpectedError } from '../../expected-error.ts';
import { databaseErrorCode, describeDatabaseError } from '../database/database-error.ts';
import { selectOn, withConnection } from '../database/with-connection.ts';
import { readCodes } from './account-codes.ts';

/** Nothing was deleted. */
export class ForgetFailed extends ExpectedError {
  override readonly name = 'ForgetFailed';
}

/** How many rows were deleted with the account, by table. */
export type Forgotten = Record<(typeof referringTables)[number], number>;

const referringTables = ['notification_outbox', 'call_backs', 'resets', 'account_codes'] as const;

/**
 * Deletes the account of a person, found by any of their codes, and every row that refers to it, in one transaction.
 * A call about this account is made to wait, and then finds nothing to change.
 *
 * @param ownerUrl DATABASE_OWNER_URL: the application's user may not delete accounts
 * @throws ForgetFailed, also for a code without an account; DatabaseUrlError
 */
export async function forgetAccount(ownerUrl: string, code: string): Promise<Forgotten> {
  try {
    return await withConnection(ownerUrl, { flags: ['-FOUND_ROWS'] }, async (connection) => {
      await connection.beginTransaction();
      const forgotten = await forget(connection, code);
      await connection.commit();
      return forgotten;
    });
  } catch (error) {
    throw databaseErrorCode(error) === null
      ? error
      : new ForgetFailed(`The database failed, nothing was deleted: ${describeDatabaseError(error)}`);
  }
}

/** The account is locked first, as calls lock it (resets.ts). */
async function forget(connection: Connection, code: string): Promise<Forgotten> {
  const [bhxhCode] = await readCodes({ select: selectOn(connection) }, code);
  const [[account]] = await connection.query<(RowDataPacket & { id: number })[]>(
    'SELECT id FROM accounts WHERE bhxh_code = ? FOR UPDATE',
    [bhxhCode],
  );
  if (account === undefined) throw new ForgetFailed('No account has this code: nothing was deleted');
  const forgotten: Forgotten = { notification_outbox: 0, call_backs: 0, resets: 0, account_codes: 0 };
  for (const table of referringTables)
    forgotten[table] = await remove(connection, `DELETE FROM ${table} WHERE account_id = ?`, account.id);
  await remove(connection, 'DELETE FROM accounts WHERE id = ?', account.id);
  return forgotten;
}

async function remove(connection: Connection, sql: string, accountId: number): Promise<number> {
  const [{ affectedRows }] = await connection.query<ResultSetHeader>(sql, [accountId]);
  return affectedRows;
}
