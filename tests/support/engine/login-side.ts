/** The login side of tests: examples/login/ with a database user of its own. */
import { randomInt, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { hashPassword } from '../../../src/accounts/password-hash.ts';
import { livingInstance } from './audited-calls.ts';
import type { MigratedDatabase } from './describe-with-registry.ts';

const rights = readFileSync(join(import.meta.dirname, '../../../examples/login/rights.sql'), 'utf8');

/** Makes the user that rights.sql is for. @returns its URL */
export async function addLoginUser(database: MigratedDatabase): Promise<string> {
  const { owner, url } = database;
  await database.administer(`CREATE USER 'hotline_login'@'%' IDENTIFIED BY 'of-a-test'`);
  for (const statement of rights.replace(/^--.*$/gm, '').split(';'))
    if (statement.trim() !== '') await owner.pool.query(statement.replaceAll('127.0.0.1', '%'));
  const login = new URL(url);
  login.username = 'hotline_login';
  login.password = 'of-a-test';
  return login.href;
}

/** A person who has just called: with an account, and the password that was spoken. */
export interface Owner {
  readonly id: number;
  readonly code: string;
  readonly spoken: string;
}

/** Adds an account, and resets its password as a call does. */
export async function newOwner(database: MigratedDatabase, validMs = 600_000): Promise<Owner> {
  const code = digits(10);
  const account = { bhxhCode: code, phone: '+84912345678', passwordHash: await hashPassword('before') };
  const id = await database.owner.addAccount(account);
  return { id, code, spoken: await callAgain(database, id, validMs) };
}

/** Resets the password as a call does. @returns the password that was spoken */
export async function callAgain(
  { registry, owner }: MigratedDatabase,
  accountId: number,
  validMs = 600_000,
): Promise<string> {
  // Long after the account's last reset, so that no limit counts it.
  await owner.pool.query('UPDATE resets SET settled_at = settled_at - INTERVAL 2 DAY WHERE account_id = ?', [
    accountId,
  ]);
  const [spoken, callId] = [digits(8), randomUUID()];
  const offer = { resetId: randomUUID(), callId, accountId, phone: '+84912345678' };
  const opening = { channelId: '1763800000.8', maskedPhone: '+84***5678', phoneKey: null };
  await registry.openCall({ callId, instanceId: await livingInstance(registry), ...opening });
  await registry.prepareReset({ ...offer, lifetimeMs: 600_000 });
  const isActivated = await registry.activateReset({
    ...offer,
    passwordHash: await hashPassword(spoken),
    passwordValidMs: validMs,
    closing: { outcome: 'changed', reason: 'heard, then stored', durationMs: 41_000 },
  });
  if (!isActivated) throw new Error('the reset was not activated');
  return spoken;
}

const digits = (count: number) => Array.from({ length: count }, () => randomInt(10)).join('');
