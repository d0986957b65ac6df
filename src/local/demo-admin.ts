/** The user of the console that a developer signs in with. */
import { PasswordChecks } from '../accounts/password-checks.ts';
import { actingUser } from '../machine/acting-user.ts';
import { MysqlConsoleUsers } from '../mysql/console/mysql-console-users.ts';
import { Database } from '../mysql/database/database.ts';
import type { Secrets } from './secrets.ts';

export const demoAdmin = 'admin';

const deadlineMs = 10_000;

/**
 * Adds the demo admin with the password of the run state. One who is there stays as they are, also with another
 * password, role or disabled.
 *
 * @param node NODE_NAME, for the audit row
 * @throws RegistryUnavailable
 */
export async function ensureDemoAdmin(
  secrets: Pick<Secrets, 'DATABASE_URL' | 'AUDIT_KEY' | 'CONSOLE_PASSWORD'>,
  node: string,
): Promise<void> {
  const database = new Database({ url: secrets.DATABASE_URL, poolSize: 1, deadlineMs });
  try {
    const users = new MysqlConsoleUsers(database, { key: secrets.AUDIT_KEY, node });
    if ((await users.listUsers()).some(({ name }) => name === demoAdmin)) return;
    const passwordHash = await new PasswordChecks().hash(secrets.CONSOLE_PASSWORD);
    await users.addUser({ name: demoAdmin, role: 'admin', passwordHash }, actingUser());
  } finally {
    await database.end();
  }
}
