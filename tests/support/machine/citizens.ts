/** Citizens of the hotline under test, and what its registry says about them. */
import { randomInt } from 'node:crypto';
import { createPool, type Pool, type RowDataPacket } from 'mysql2/promise';
import { hashPassword, verifyPassword } from '../../../src/accounts/password-hash.ts';
import { hotlineEnvironment } from './hotline-under-test.ts';

/** A person with an account, and the password they have before the call. */
export interface Citizen {
  readonly code: string;
  /** As the caller's line shows it, for example `0912345678`. */
  readonly phone: string;
  readonly oldPassword: string;
}

let pool: Pool | undefined;

/** The registry under test, as its owner sees it. */
export function registryDatabase(): Pool {
  return (pool ??= createPool({ uri: hotlineEnvironment()['DATABASE_OWNER_URL']!, connectionLimit: 4 }));
}

export async function closeRegistryDatabase(): Promise<void> {
  await pool?.end();
  pool = undefined;
}

const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');

const given = new Set<string>();

/** A number whose masked form is nobody else's, so that audit rows of calls are never mistaken for each other's. */
async function freePhone(): Promise<string> {
  for (;;) {
    // 091: every number behind it is a valid mobile number; not so behind every 09.
    const phone = `091${digits(7)}`;
    const masked = `+84${phone.slice(1, 4)}%${phone.slice(-3)}`;
    if (given.has(masked)) continue;
    given.add(masked);
    const [taken] = await registryDatabase().query<RowDataPacket[]>(
      'SELECT 1 FROM accounts WHERE phone LIKE ?',
      [masked],
    );
    if (taken.length === 0) return phone;
  }
}

/** Registers somebody new, so that calls side by side never meet the same account; `code` must be new too. */
export async function newCitizen(code = `0${digits(9)}`): Promise<Citizen> {
  const citizen = { code, phone: await freePhone(), oldPassword: digits(8) };
  await registryDatabase().query(
    'INSERT INTO accounts (bhxh_code, phone, password_hash, created_at, updated_at) VALUES (?, ?, ?, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))',
    [citizen.code, `+84${citizen.phone.slice(1)}`, await hashPassword(citizen.oldPassword)],
  );
  return citizen;
}

/** Whether this is the citizen's password now. */
export async function logsIn(citizen: Citizen, password: string): Promise<boolean> {
  const [[account]] = await registryDatabase().query<({ password_hash: string } & RowDataPacket)[]>(
    'SELECT password_hash FROM accounts WHERE bhxh_code = ?',
    [citizen.code],
  );
  return verifyPassword(account!.password_hash, password);
}
