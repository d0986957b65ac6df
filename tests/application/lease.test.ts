/** Who serves as a node, and what becomes of the calls of a process that is gone. */
import { randomUUID } from 'node:crypto';
import { createLogger } from 'winston';
import { keepLease, NodeTaken, takeNode, type LeaseOptions } from '../../src/application/lease.ts';
import { nameThisProcess } from '../../src/machine/process-life.ts';
import { RegistryUnusable } from '../../src/registry/registry-unavailable.ts';
import { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import { until } from '../support/until.ts';

const never = new AbortController().signal;
const nobodyServes = () => Promise.resolve(false);
const unknown = 'another boot/1/2/3';
let registry: MemoryRegistry;
let stop: AbortController;
beforeEach(() => {
  registry = new MemoryRegistry();
  stop = new AbortController();
});
afterEach(() => stop.abort());

const options = (process = nameThisProcess(), node = 'pbx-1'): LeaseOptions => ({
  registry,
  instance: { instanceId: randomUUID(), node, process },
  logger: createLogger({ silent: true }),
  everyMs: 1,
});

/** Holds its node and renews its lease, as a process that serves does. */
async function serving(process = unknown): Promise<LeaseOptions & { end: Promise<string> }> {
  const lease = options(process);
  await takeNode(lease, never, nobodyServes);
  return { ...lease, end: keepLease(lease, stop.signal, () => undefined) };
}

async function openCall({ instance: { instanceId } }: LeaseOptions): Promise<string> {
  const callId = randomUUID();
  await registry.openCall({ callId, instanceId, channelId: '1', maskedPhone: '', phoneKey: null });
  return callId;
}

test('a second process of a node that is served does not start, and says which process has it and what to do', async () => {
  await serving();
  const refused = takeNode(options(), never, nobodyServes);
  await expect(refused).rejects.toThrow(NodeTaken);
  await expect(refused).rejects.toThrow(
    /^another process serves as node pbx-1 \(process 2 of its machine, since \S+ UTC\): stop that one first, or give each machine a NODE_NAME of its own$/,
  );
});

test('a process takes over at once from one of this machine that is dead', async () => {
  const dead = options(nameThisProcess().replace(/[^/]*$/, '1')); // its number is used again, by us
  await takeNode(dead, never, nobodyServes);
  const next = { ...options(), everyMs: 3_600_000 };
  await takeNode(next, never, nobodyServes);
  expect(registry.instances.isLiving(next.instance.instanceId)).toBe(true);
});

test('a process takes over from one of unknown fate once that one no longer renews its lease', async () => {
  const gone = options(unknown);
  await takeNode(gone, never, nobodyServes);
  const next = options();
  await takeNode(next, never, nobodyServes);
  expect(registry.instances.isLiving(gone.instance.instanceId)).toBe(false);
});

test('a database that is unreachable does not keep a process from starting; it takes the node when it can', async () => {
  registry.stayAway('before');
  const lease = options();
  await takeNode(lease, never, nobodyServes);
  void keepLease(lease, stop.signal, () => undefined);
  registry.stayAway(null);
  await until(() => registry.instances.isLiving(lease.instance.instanceId));
});

test('nor does it let one that cannot reach it take the place of another that serves: it waits until that one is gone', async () => {
  registry.stayAway('before');
  let asked = 0;
  await takeNode(options(), never, () => Promise.resolve(++asked < 3));
  expect(asked).toBe(3);
});

test('a database that is not one for this program prevents the start', async () => {
  const lease = options();
  const unusable = new RegistryUnusable('its schema is newer');
  const registryOfAnother = {
    ...lease,
    registry: Object.assign(new MemoryRegistry(), { holdNode: () => Promise.reject(unusable) }),
  };
  await expect(takeNode(registryOfAnother, never, nobodyServes)).rejects.toBe(unusable);
});

test('the calls of a machine that never comes back are closed by an instance that runs, and no others', async () => {
  const gone = options(unknown, 'pbx-2');
  await takeNode(gone, never, nobodyServes);
  const lost = await openCall(gone);
  const alive = await serving();
  const own = await openCall(alive);
  await until(() => registry.audit.length > 0);
  expect(registry.audit).toMatchObject([{ callId: lost, outcome: 'interrupted' }]);
  expect([...registry.openCalls.keys()]).toEqual([own]);
});

test('an outage of the database makes nobody lost, however long it lasts', async () => {
  const [one, other] = [options(unknown, 'pbx-2'), await serving()];
  void keepLease(one, stop.signal, () => undefined);
  await until(() => registry.instances.isLiving(one.instance.instanceId));
  registry.stayAway('before');
  registry.instances.age(3_600_000);
  registry.stayAway(null);
  await openCall(one);
  await openCall(other);
  expect(registry.openCalls.size).toBe(2);
  expect(registry.audit).toEqual([]);
});

test('a process that finds its node taken when it wakes is replaced', async () => {
  const frozen = options(unknown);
  await takeNode(frozen, never, nobodyServes);
  await serving();
  expect(await keepLease(frozen, never, () => undefined)).toBe('replaced');
});
