import { randomBytes } from 'node:crypto';
import { hashPassword } from '../../accounts/password-hash.ts';
import { databaseErrorCode, describeDatabaseError } from '../database/database-error.ts';
import { withConnection } from '../database/with-connection.ts';
import { RegistryUnavailable } from '../../registry/registry-unavailable.ts';

interface DemoCitizen {
  readonly bhxhCode: string;
  /** E.164. */
  readonly phone: string;
  readonly personalId?: string;
}

/** Made-up people for `make run` and for tests. The first has a personal ID too; the last two share a phone. */
export const demoCitizens: readonly DemoCitizen[] = [
  { bhxhCode: '0123456789', phone: '+84912345678', personalId: '012345678901' },
  { bhxhCode: '7912345678', phone: '+84987654321' },
  { bhxhCode: '7900000001', phone: '+84903333444' },
  { bhxhCode: '7900000002', phone: '+84903333444' },
];

/**
 * Adds the demo citizens that are missing, each with a random password that is not kept; those that
 * are there keep theirs. Called by `make run` and tests only.
 *
 * @throws RegistryUnavailable, DatabaseUrlError
 */
export async function loadDemoCitizens(databaseUrl: string): Promise<void> {
  try {
    await withConnection(databaseUrl, {}, async (connection) => {
      for (const { bhxhCode, phone, personalId } of demoCitizens) {
        await connection.execute(
          `INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at)
           VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)) ON DUPLICATE KEY UPDATE id = id`,
          [bhxhCode, phone, await hashPassword(randomBytes(16).toString('base64url'))],
        );
        if (personalId === undefined) continue;
        await connection.execute(
          `INSERT INTO account_codes (code, kind, account_id) SELECT ?, 'personal-id', id FROM accounts WHERE bhxh_code = ?
           ON DUPLICATE KEY UPDATE code = account_codes.code`,
          [personalId, bhxhCode],
        );
      }
    });
  } catch (error) {
    throw databaseErrorCode(error) === null
      ? error
      : new RegistryUnavailable(`the demo citizens could not be loaded: ${describeDatabaseError(error)}`);
  }
}
