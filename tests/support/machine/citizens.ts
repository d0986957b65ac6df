/** Citizens in the registry of the hotline under test. */
import { randomInt } from 'node:crypto';
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import { hashPassword, verifyPassword } from '../../../src/accounts/password-hash.ts';
import { hotlineEnvironment } from './hotline-under-test.ts';

/** A person with an account, and the password before the call. */
export interface Citizen {
  readonly code: string;
  /** In national form, for example `0912345678`. */
  readonly phone: string;
  readonly oldPassword: string;
}

let pool: Pool | undefined;

/** The registry under test, with the rights of its owner. */
export function registryDatabase(): Pool {
  return (pool ??= createPool({ uri: hotlineEnvironment()['DATABASE_OWNER_URL']!, connectionLimit: 4 }));
}

export async function closeRegistryDatabase(): Promise<void> {
  await pool?.end();
  pool = undefined;
}

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

const given = new Set<string>();

/** Finds a number whose masked form is unique, so that audit rows of different calls cannot be confused. */
async function freePhone(): Promise<string> {
  for (;;) {
    // Every number that starts with 091 is a valid mobile number; not every one that starts with 09 is.
    const phone = `091${digits(7)}`;
    const masked = `+84%${phone.slice(-4)}`;
    if (given.has(masked)) continue;
    given.add(masked);
    const [taken] = await registryDatabase().query<RowDataPacket[]>(
      'SELECT 1 FROM accounts WHERE phone LIKE ?',
      [masked],
    );
    if (taken.length === 0) return phone;
  }
}

/**
 * Registers a new citizen, so that concurrent calls never use the same account. `code` must be new too;
 * `phone` may have other citizens.
 */
export async function newCitizen(code = `0${digits(9)}`, phone?: string): Promise<Citizen> {
  const citizen = { code, phone: phone ?? (await freePhone()), oldPassword: digits(8) };
  await registryDatabase().query(
    'INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))',
    [citizen.code, `+84${citizen.phone.slice(1)}`, await hashPassword(citizen.oldPassword)],
  );
  return citizen;
}

/** Gives the citizen a personal ID, as an import does. */
export async function newPersonalId({ code }: Citizen): Promise<string> {
  const personalId = `0${digits(11)}`;
  await registryDatabase().query(
    "INSERT INTO account_codes (code, kind, account_id) SELECT ?, 'personal-id', id FROM accounts WHERE bhxh_code = ?",
    [personalId, code],
  );
  return personalId;
}

/** Checks whether this is the citizen's current password. */
export async function logsIn(citizen: Citizen, password: string): Promise<boolean> {
  const [[account]] = await registryDatabase().query<({ password_hash: string } & RowDataPacket)[]>(
    'SELECT password_hash FROM accounts WHERE bhxh_code = ?',
    [citizen.code],
  );
  return verifyPassword(account!.password_hash, password);
}
