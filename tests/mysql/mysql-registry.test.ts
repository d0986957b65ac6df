import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, jest } from '@jest/globals';
import { migrate } from '../../src/mysql/migrate.ts';
import { MysqlRegistry } from '../../src/mysql/mysql-registry.ts';
import { databaseUnderTest, RegistryOwner } from '../support/database-registry.ts';
import { databaseKinds, startDatabase, type Database } from '../support/databases.ts';
import { describeWithDatabase } from '../support/describe-with-docker.ts';
import { describeRegistryContract } from '../support/registry-contract.ts';

// A guard against waiting for ever, not a measurement: the machine may be busy with other tests.
jest.setTimeout(60_000);

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `the registry in ${kind}`, () => {
    let database: Database;
    let registry: MysqlRegistry;
    let owner: RegistryOwner;
    beforeAll(async () => {
      database = await startDatabase(kind);
      await migrate(database.url, { applicationUrl: database.applicationUrl });
      // A shared test machine may stall for seconds; deadlines have tests of their own.
      registry = new MysqlRegistry({ url: database.applicationUrl, deadlineMs: 20_000 });
      owner = new RegistryOwner(database.url);
    }, 120_000);
    afterAll(async () => {
      await registry?.end();
      await owner?.pool.end();
      await database?.stop();
    }, 60_000);

    describeRegistryContract(() => databaseUnderTest(registry, owner));

    test('an application that starts closes what its own machine left open, and leaves the running calls of another machine alone', async () => {
      const onNode = (node: string) => new MysqlRegistry({ url: database.applicationUrl, deadlineMs: 20_000, audit: { key: 'a'.repeat(64), node } });
      const [here, there] = [onNode('pbx-1'), onNode('pbx-2')];
      try {
        await owner.clear();
        const call = { callId: randomUUID(), instanceId: randomUUID(), channelId: '1', maskedPhone: '', phoneKey: null };
        await here.openCall(call);
        expect(await there.closeInterruptedCalls(randomUUID())).toBe(0);
        expect(await here.closeInterruptedCalls(call.instanceId)).toBe(0);
        expect(await here.closeInterruptedCalls(randomUUID())).toBe(1);
      } finally {
        await Promise.all([here.end(), there.end()]);
      }
    });
  });
}
