/** One look for all who watch *Now*, and no fault of it beyond the page. */
import { LiveFeed, type Snapshot } from '../../src/console/live-feed.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';
import { MemoryConsole } from '../support/console/memory-console.ts';
import { sampleLive } from '../support/console/samples.ts';
import { until } from '../support/until.ts';

const lookEveryMs = 5;

function feedOf(read: () => Promise<ReturnType<typeof sampleLive>>): { feed: LiveFeed; faults: unknown[] } {
  const faults: unknown[] = [];
  const logger = { error: (_: string, { error }: { error: unknown }) => faults.push(error) };
  const { process } = new MemoryConsole().parts();
  return { feed: new LiveFeed({ read }, process, logger as never, lookEveryMs), faults };
}

test('a look that fails, and a reader that fails, are logged; the next look is told', async () => {
  let looks = 0;
  const { feed, faults } = feedOf(() =>
    looks++ === 0 ? Promise.reject(new TypeError('a bug')) : Promise.resolve(sampleLive()),
  );
  const told: Snapshot[] = [];
  const stopBroken = feed.listen(() => {
    throw new RangeError('another');
  });
  const stop = feed.listen((snapshot) => told.push(snapshot));
  await until(() => faults.length >= 2);
  stopBroken();
  await until(() => told.length >= 2);
  stop();
  expect(faults.slice(0, 2)).toEqual([new TypeError('a bug'), new RangeError('another')]);
});

test('an unreachable database is no fault: the snapshot says so', async () => {
  const { feed, faults } = feedOf(() => Promise.reject(new RegistryUnavailable('no answer')));
  expect((await feed.take()).live).toBeNull();
  expect(faults).toEqual([]);
});

test('however readers come and go, there is one look at a time', async () => {
  let looks = 0;
  let atOnce = 0;
  let most = 0;
  const { feed } = feedOf(async () => {
    looks++;
    most = Math.max(most, ++atOnce);
    await Promise.resolve();
    atOnce--;
    return sampleLive();
  });
  for (let visit = 0; visit < 20; visit++) {
    const before = looks;
    const stop = feed.listen(() => undefined);
    await until(() => looks > before);
    stop();
  }
  expect(most).toBe(1);
});
