import { randomUUID } from 'node:crypto';
import { databaseUnderTest } from '../../support/engine/database-registry.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { describeRegistryContract } from '../../support/contracts/registry.ts';
import { interrupted } from '../../support/contracts/registry-steps.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the registry in ${kind}`, (database) => {
    describeRegistryContract(() => databaseUnderTest(database.registry, database.owner));

    test('an application that starts closes the calls its own machine left open and leaves those of another machine alone', async () => {
      const [here, there] = [
        database.openRegistry({ node: 'pbx-1' }),
        database.openRegistry({ node: 'pbx-2' }),
      ];
      await database.owner.clear();
      const call = {
        callId: randomUUID(),
        instanceId: randomUUID(),
        channelId: '1',
        maskedPhone: '',
        phoneKey: null,
      };
      await here.openCall(call);
      expect(await there.closeInterruptedCalls(randomUUID(), interrupted)).toBe(0);
      expect(await here.closeInterruptedCalls(call.instanceId, interrupted)).toBe(0);
      expect(await here.closeInterruptedCalls(randomUUID(), interrupted)).toBe(1);
    });
  });
}
