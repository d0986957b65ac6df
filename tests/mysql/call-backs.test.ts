import { randomInt, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, jest } from '@jest/globals';
import { migrate } from '../../src/mysql/migrate.ts';
import { MysqlRegistry } from '../../src/mysql/mysql-registry.ts';
import { RegistryOwner } from '../support/database-registry.ts';
import { databaseKinds, startDatabase, type Database } from '../support/databases.ts';
import { describeWithDatabase } from '../support/describe-with-docker.ts';
import { times } from '../support/registry-steps.ts';

// A guard against waiting for ever, not a measurement: the machine may be busy with other tests.
jest.setTimeout(60_000);

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `calls back, counted in ${kind}`, () => {
    let database: Database;
    let registry: MysqlRegistry;
    let owner: RegistryOwner;
    beforeAll(async () => {
      database = await startDatabase(kind);
      await migrate(database.url, { applicationUrl: database.applicationUrl });
      registry = new MysqlRegistry({ url: database.applicationUrl, deadlineMs: 20_000 });
      owner = new RegistryOwner(database.url);
    }, 120_000);
    afterAll(async () => {
      await registry?.end();
      await owner?.pool.end();
      await database?.stop();
    }, 60_000);

    const addAccount = (phone: string) => owner.addAccount({ bhxhCode: String(randomInt(1e10)).padStart(10, '0'), phone, passwordHash: '$argon2id$old' });
    const request = (accountId: number) => registry.requestCallBack({ callBackId: randomUUID(), accountId, perNumberDay: 3 });

    test('the number comes from the registry, and of fifty requests at once three are granted', async () => {
      const accountId = await addAccount('+84911000001');
      const granted = (await times(50, () => request(accountId))).filter((number) => number !== null);
      expect(granted).toEqual(['+84911000001', '+84911000001', '+84911000001']);
    });

    test('accounts that share a number share its calls back, and the next day there are new ones', async () => {
      const [one, other] = [await addAccount('+84911000002'), await addAccount('+84911000002')];
      const granted = (await times(10, (index) => request(index % 2 === 0 ? one : other))).filter((number) => number !== null);
      expect(granted).toHaveLength(3);
      await owner.pool.query('UPDATE call_backs SET requested_at = requested_at - INTERVAL 25 HOUR');
      expect(await request(other)).toBe('+84911000002');
    });

    test('an account that is not there has no number', async () => {
      expect(await request(999_999_999)).toBeNull();
    });
  });
}
