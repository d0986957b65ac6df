/** Connections that were idle for so long that the network between application and database has forgotten them. */
import { jest } from '@jest/globals';
import { RegistryUnavailable } from '../../../src/registry/registry-unavailable.ts';
import { matchedPhone, oldHash, RegistrySteps, times } from '../../support/contracts/registry-steps.ts';
import { databaseUnderTest } from '../../support/engine/database-registry.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { ForgetfulProxy } from '../../support/machine/forgetful-proxy.ts';

const bhxhCode = '0012345678';
/** Asked one after the other, half a second each, so many dead ones would cost a caller more than the deadline. */
const poolSize = 12;
const deadlineMs = 5000;
const realNow = performance.now.bind(performance);

describeWithRegistry('mariadb', 'a network that forgets idle connections', (database) => {
  let proxy: ForgetfulProxy;
  let steps: RegistrySteps;
  beforeAll(async () => {
    await database.owner.addAccount({ bhxhCode, phone: matchedPhone, passwordHash: oldHash });
    proxy = await ForgetfulProxy.start(database.applicationUrl);
  });
  beforeEach(async () => {
    proxy.beSilent(false);
    const registry = database.openRegistry({ url: proxy.url, poolSize, deadlineMs });
    steps = new RegistrySteps(databaseUnderTest(registry, database.owner));
    await times(poolSize, () => registry.ping());
    expect(proxy.known).toBe(poolSize);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => proxy?.stop());

  /** Lets the clock by which connections are idle go on. */
  function passTime(ms: number): void {
    jest.spyOn(performance, 'now').mockImplementation(() => realNow() + ms);
  }

  test('costs a caller no attempt, and not the deadline, however many are dead', async () => {
    proxy.forget();
    passTime(30_000);
    expect(await steps.check({ bhxhCode })).toMatchObject({ admission: 'admitted' });
    expect(proxy.known).toBe(1); // the others were closed, and not asked
  });

  test('costs none of as many callers at once as there are connections anything', async () => {
    proxy.forget();
    passTime(30_000);
    const answers = await times(poolSize, () => steps.check({ bhxhCode }));
    expect(answers.map(({ admission }) => admission)).toEqual(Array(poolSize).fill('admitted'));
  });

  test('while a statement is under way costs that one its deadline, and the next one nothing', async () => {
    const registry = database.openRegistry({ url: proxy.url, poolSize: 2, deadlineMs: 2000 });
    await times(2, () => registry.ping());
    proxy.forget();
    await expect(registry.ping()).rejects.toThrow(RegistryUnavailable);
    await registry.ping();
  });

  test('leaves the health check well, and one that lets nothing through does not', async () => {
    const registry = database.openRegistry({ url: proxy.url, deadlineMs: 2000 });
    expect(await registry.whyNotReady()).toBeNull();
    proxy.forget();
    passTime(30_000);
    expect(await registry.whyNotReady()).toBeNull();
    proxy.beSilent(true);
    passTime(60_000);
    expect(await registry.whyNotReady()).toMatch('the registry');
    proxy.beSilent(false);
    passTime(90_000);
    expect(await registry.whyNotReady()).toBeNull();
  });
});
