import { PasswordChecks } from '../../src/accounts/password-checks.ts';
import { signIn } from '../../src/console/sign-in.ts';
import { demoAdmin, ensureDemoAdmin } from '../../src/local/demo-admin.ts';
import { newSecret } from '../../src/machine/secret.ts';
import { MysqlConsoleUsers } from '../../src/mysql/console/mysql-console-users.ts';
import { Database } from '../../src/mysql/database/database.ts';
import { auditKey, hashKey } from '../support/engine/audited-calls.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';

describeWithRegistry('mariadb', 'the demo admin of make run', (database) => {
  const password = newSecret();
  let users: MysqlConsoleUsers;
  beforeAll(() => {
    const pool = database.endLater(new Database({ url: database.applicationUrl, deadlineMs: 20_000 }));
    users = new MysqlConsoleUsers(pool, { key: auditKey, node: 'node-1' });
  });

  const start = () =>
    ensureDemoAdmin(
      { DATABASE_URL: database.applicationUrl, AUDIT_KEY: auditKey, CONSOLE_PASSWORD: password },
      'node-1',
    );
  const enter = (given: string) =>
    signIn(
      { signIns: users, passwords: new PasswordChecks(), hashKey },
      { name: demoAdmin, password: given, address: '127.0.0.1' },
    );

  test('signs in with the password of the run state, after the first start and the next', async () => {
    for (let starts = 0; starts < 2; starts++) {
      await start();
      expect(await enter(password)).toMatchObject({ kind: 'signed-in', user: { role: 'admin' } });
    }
    expect(await users.listUsers()).toHaveLength(1);
    expect(await database.owner.rows("SELECT reason FROM audit_log WHERE reason <> 'signed in'")).toEqual([
      { reason: 'user added: admin (admin)' },
    ]);
  });

  test('keeps the password that a developer gave them', async () => {
    const own = 'bốn con mèo ngồi';
    await users.setPassword(demoAdmin, await new PasswordChecks().hash(own), demoAdmin);
    await start();
    expect(await enter(own)).toMatchObject({ kind: 'signed-in' });
    expect(await enter(password)).toEqual({ kind: 'refused' });
  });
});
