/** What a twin does with the database: one query on a pool, with the hash made just before. */
import { randomInt } from 'node:crypto';
import { createPool } from 'mysql2/promise';
import type { ResultSetHeader } from 'mysql2/promise';
import { hashPassword } from '../../../src/accounts/password-hash.ts';
import { speakDigits, soundOf } from '../../../src/call/prompts.ts';

const pool = createPool({ uri: process.env['DATABASE_OWNER_URL']!, connectionLimit: 10 });

/**
 * Gives the account a new password.
 *
 * @param phone in national form
 * @returns the password; null if no account matches
 */
export async function resetPassword(code: string, phone: string): Promise<string | null> {
  const password = String(randomInt(1e8)).padStart(8, '0');
  const hash = await hashPassword(password);
  const [{ affectedRows }] = await pool.execute<ResultSetHeader>(
    'UPDATE accounts SET password_hash = ?, updated_at = UTC_TIMESTAMP(3) WHERE bhxh_code = ? AND phone = ?',
    [hash, code, `+84${phone.slice(1)}`],
  );
  if (affectedRows === 1) return password;
  process.stderr.write('no account has the code that was heard: a key was lost, or came twice\n');
  return null;
}

/** The sounds behind the code, in order: one file each. */
export const untilMatch = ['pause', 'please-wait'].map(soundOf);

/** From the match to the offer. */
export function readTwice(password: string): string[] {
  const reading = speakDigits(password);
  return ['password-intro', ...reading, 'changed', ...reading].map(soundOf);
}

export const offer = ['offer-reading', 'pause', 'valid-10-minutes', 'change-at-login', 'goodbye'].map(
  soundOf,
);
