/** Database and users made over TCP, through a port that is forwarded: the server sees us come from another address than its own. */
import { createConnection } from 'mysql2/promise';
import { DatabaseAdministrator } from '../../../src/mysql/database/administrator.ts';
import { checkBeforeMigrating, migrate } from '../../../src/mysql/schema/migrate.ts';
import { databaseKinds, startDatabase, type Database } from '../../support/engine/databases.ts';
import { describeWithDatabase } from '../../support/engine/describe-with-docker.ts';

const owner = { user: 'made_owner', password: 'a-password-of-the-owner' };
const application = { user: 'made', password: 'a-password-of-the-application' };

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `an administrator of ${kind} on another machine`, () => {
    let database: Database;
    beforeAll(async () => {
      database = await startDatabase(kind);
      await database.administer(
        `CREATE USER 'boss'@'%' IDENTIFIED BY 'pass'; GRANT ALL ON *.* TO 'boss'@'%' WITH GRANT OPTION;
         CREATE USER 'weak'@'%' IDENTIFIED BY 'pass'; GRANT SELECT ON mysql.* TO 'weak'@'%';
         CREATE DATABASE shop; CREATE TABLE shop.accounts (id INT); GRANT ALL ON shop.* TO 'hotline'@'%';`,
      );
    }, 60_000);
    afterAll(() => database?.stop());

    const url = (user: string, password: string, name: string) =>
      Object.assign(new URL(database.url), { username: user, password, pathname: name }).href;

    async function as<T>(user: string, work: (admin: DatabaseAdministrator) => Promise<T>): Promise<T> {
      const admin = await DatabaseAdministrator.connect(url(user, 'pass', 'mysql'));
      return work(admin).finally(() => admin.close());
    }

    test('makes users who may come from where the application comes from, and a database that migrates', async () => {
      const facts = await as('boss', async (admin) => {
        const found = await admin.look('made', [owner.user]);
        await admin.create('made', found.from, { owner, application });
        await admin.create('made', found.from, { owner, application }); // cut off, it is run again
        return found;
      });
      const { port, host } = new URL(database.url);
      expect(facts).toEqual({ address: host, parameters: '', from: expect.any(String) as string, known: [] });
      expect(host).toContain(`:${port}`);
      const { warning } = await migrate(url(owner.user, owner.password, 'made'), {
        applicationUrl: url(application.user, application.password, 'made'),
      });
      expect(warning).toBeNull();
      const { known } = await as('boss', (admin) => admin.look('made', [owner.user, 'nobody']));
      expect(known).toEqual([owner.user]);
    });

    test('the database of another application is refused, and its tables stay', async () => {
      const message = /The database shop holds tables of another application \(accounts\)/;
      await expect(as('boss', (admin) => admin.look('shop', []))).rejects.toThrow(message);
      await expect(checkBeforeMigrating(database.url.replace(/hotline$/, 'shop'))).rejects.toThrow(message);
      await expect(migrate(database.url.replace(/hotline$/, 'shop'))).rejects.toThrow(message);
      const connection = await createConnection(url('boss', 'pass', 'shop'));
      const [tables] = await connection.query('SHOW TABLES');
      await connection.end();
      expect(tables).toHaveLength(1);
    });

    test('one who may not make users, one with a wrong password, and an invalid URL are told what was expected', async () => {
      const made = as('weak', (admin) => admin.create('other', '%', { owner, application }));
      await expect(made).rejects.toThrow(
        /administrator make the database and its users \(ER_\w+\): expected/,
      );
      const wrong = DatabaseAdministrator.connect(url('boss', 'wrong', 'mysql'));
      await expect(wrong).rejects.toThrow(/refused the user or the password.*--database-admin mysql:/);
      await expect(DatabaseAdministrator.connect('root@host')).rejects.toThrow(
        /^--database-admin: expected mysql:/,
      );
    });
  });
}
