import { randomUUID } from 'node:crypto';
import { livingInstance } from '../../support/engine/audited-calls.ts';
import { databaseUnderTest } from '../../support/engine/database-registry.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { describeRegistryContract } from '../../support/contracts/registry.ts';
import { interrupted } from '../../support/contracts/registry-steps.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the registry in ${kind}`, (database) => {
    describeRegistryContract(() => databaseUnderTest(database.registry, database.owner));

    test('two applications on one registry: the one that is left closes the calls of the other, and leaves its own alone', async () => {
      const [here, there] = [
        database.openRegistry({ node: 'pbx-1' }),
        database.openRegistry({ node: 'pbx-2' }),
      ];
      await database.owner.clear();
      const [dead, alive] = [await livingInstance(here), await livingInstance(there)];
      const opening = { channelId: '1', maskedPhone: '', phoneKey: null };
      await here.openCall({ callId: randomUUID(), instanceId: dead, ...opening });
      await there.openCall({ callId: randomUUID(), instanceId: alive, ...opening });
      expect(await there.closeInterruptedCalls(alive, interrupted)).toBe(0);
      const [seen] = await there.readOthers(alive);
      await there.declareLost(seen!);
      expect(await there.closeInterruptedCalls(alive, interrupted)).toBe(1);
      expect(await here.holdNode({ instanceId: dead, node: seen!.node, process: '' })).toBeNull();
      expect(await here.closeInterruptedCalls(dead, interrupted)).toBe(0);
      const rows = 'SELECT node, outcome FROM audit_log';
      expect(await database.owner.rows(rows)).toEqual([{ node: 'pbx-1', outcome: 'interrupted' }]);
    });
  });
}
