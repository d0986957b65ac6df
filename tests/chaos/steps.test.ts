import { DatabaseProxy } from '../../tools/chaos/database-proxy.ts';
import { databaseSteps, type DatabaseStep } from '../../tools/chaos/steps.ts';
import { databaseUnderTest } from '../support/engine/database-registry.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { hungUp, newCode, RegistrySteps } from '../support/contracts/registry-steps.ts';

// A statement that is rewritten must be known to steps.ts; otherwise its step is never struck, which
// only the large campaign notices.
describeWithRegistry('mariadb', 'what calls ask of the database', (database) => {
  let proxy: DatabaseProxy;
  beforeAll(async () => {
    proxy = await DatabaseProxy.start(database.applicationUrl);
  });
  afterAll(() => proxy?.stop());

  test('names every step at which the fault campaign can strike', async () => {
    const named = new Set<DatabaseStep>();
    proxy.onStatement = ({ step }) => {
      if (step !== null) named.add(step);
      return {};
    };
    const registry = database.openRegistry({ url: proxy.url });
    const steps = new RegistrySteps(databaseUnderTest(registry, database.owner));
    const phoneKey = 'b'.repeat(64);

    const callId = await steps.openCall({ phoneKey });
    await steps.check({ callId, phoneKey });
    const accountId = await steps.newAccount();
    const voided = await steps.prepare(accountId, { callId });
    await registry.voidReset(voided.resetId, 'fault at first reading');
    const { resetId } = await steps.prepare(accountId, { callId });
    expect(await steps.activate(resetId)).toBe(true);
    await registry.closeCall(await steps.openCall(), hungUp);

    expect([...named].sort()).toEqual([...databaseSteps].sort());
  });

  test('a check that matches goes on to the reset in its transaction, and so does its COMMIT', async () => {
    const asked: (DatabaseStep | null)[] = [];
    const registry = database.openRegistry({ url: proxy.url });
    const steps = new RegistrySteps(databaseUnderTest(registry, database.owner));
    const bhxhCode = newCode();
    const account = { bhxhCode, accountId: await steps.newAccount(bhxhCode) };
    const callId = await steps.openCall();
    proxy.onStatement = ({ step }) => {
      if (step !== null) asked.push(step);
      return {};
    };
    expect((await steps.checkAndPrepare(account, { callId })).preparation).toBe('prepared');
    expect(asked).toEqual([
      ...['check', 'check', 'check'],
      ...['reset prepared', 'reset prepared', 'reset prepared: COMMIT'],
    ]);
  });
});
