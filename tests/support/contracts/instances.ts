/** The part of the registry's contract about the instances that share it, and their leases. */
import { randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import { RegistryUnavailable } from '../../../src/registry/registry-unavailable.ts';
import { hungUp, interrupted, times, type RegistrySteps } from './registry-steps.ts';
import type { Registry } from '../../../src/registry/registry.ts';

const minuteMs = 60_000;
const process = 'boot/1/2/3';

/** Part of {@link describeRegistryContract}. `current` is new for each test, on an empty registry. */
export function describeInstancesContract(current: () => RegistrySteps): void {
  let steps: RegistrySteps;
  let registry: Registry;
  beforeEach(() => {
    steps = current();
    registry = steps.registry;
  });

  describe('the instances that share a registry', () => {
    test('one of ten that start at once as one node gets it, and the others learn which one it is', async () => {
      const instances = await times(10, async () => ({ instanceId: randomUUID(), node: 'pbx-1', process }));
      const holders = await Promise.all(instances.map((instance) => registry.holdNode(instance)));
      const [first, ...more] = instances.filter((_, index) => holders[index] === null);
      expect(more).toEqual([]);
      for (const holder of holders.filter((each) => each !== null)) expect(holder).toMatchObject(first!);
      expect(await registry.holdNode({ instanceId: randomUUID(), node: 'pbx-2', process })).toBeNull();
    });

    test('a lease can be renewed any number of times, and each renewal is seen by the others', async () => {
      const instance = { instanceId: randomUUID(), node: 'pbx-1', process };
      await times(10, () => registry.holdNode(instance));
      const [before] = await registry.readOthers(randomUUID());
      await steps.look.ageLeases(1000);
      expect(await registry.holdNode(instance)).toBeNull();
      const [after] = await registry.readOthers(randomUUID());
      expect(after).toMatchObject(instance);
      expect(after!.seenAt).not.toBe(before!.seenAt);
      expect(await registry.readOthers(instance.instanceId)).toEqual([]);
    });

    test('the node of one that is lost or has left is free', async () => {
      const [lost, left, next] = [randomUUID(), randomUUID(), randomUUID()];
      await steps.join(lost, 'pbx-1');
      await steps.join(left, 'pbx-2');
      await steps.lose(lost);
      await registry.leaveNode(left);
      await steps.join(next, 'pbx-1');
      expect(await registry.holdNode({ instanceId: lost, node: 'pbx-1', process })).toMatchObject({
        instanceId: next,
      });
      await steps.join(randomUUID(), 'pbx-2');
    });

    test('one that was seen meanwhile is not lost', async () => {
      const instanceId = await steps.join();
      const [seen] = await registry.readOthers(randomUUID());
      await registry.declareLost({ ...seen!, seenAt: '2026-01-01 00:00:00.000' });
      expect(await registry.readOthers(randomUUID())).toMatchObject([{ instanceId }]);
    });

    test('one that comes back lives again, and its calls that nobody has closed are its own', async () => {
      const [instanceId, node] = [randomUUID(), 'pbx-1'];
      await steps.join(instanceId, node);
      const opening = { instanceId, channelId: '1', maskedPhone: '', phoneKey: null };
      const callId = randomUUID();
      await registry.openCall({ callId, ...opening });
      await steps.lose(instanceId);
      expect(await registry.holdNode({ instanceId, node, process })).toBeNull();
      expect(await registry.closeInterruptedCalls(randomUUID(), interrupted)).toBe(0);
      expect(await registry.closeCall(callId, hungUp)).toMatchObject({ outcome: 'hung-up' });
    });

    test('one that is lost opens no call, but the calls that it has taken end with their rows', async () => {
      const instanceId = randomUUID();
      const callId = await steps.openCall({ instanceId });
      const opening = { instanceId, channelId: '1', maskedPhone: '+84***5678', phoneKey: null };
      await steps.lose(instanceId);
      await expect(registry.openCall({ callId: randomUUID(), ...opening })).rejects.toThrow(
        RegistryUnavailable,
      );
      expect(await registry.closeCall(callId, hungUp)).toMatchObject({ outcome: 'hung-up' });
      const missed = randomUUID();
      await registry.closeCall(missed, hungUp, { callId: missed, ...opening });
      expect(await steps.look.auditRows(missed)).toMatchObject([
        { outcome: 'hung-up', maskedPhone: '+84***5678' },
      ]);
    });

    test('a call that was closed for one that was frozen cannot change a password any more', async () => {
      const instanceId = randomUUID();
      const callId = await steps.openCall({ instanceId });
      const account = await steps.newAccount();
      const { resetId } = await steps.prepare(account, { callId });
      await steps.lose(instanceId);
      expect(await registry.closeInterruptedCalls(randomUUID(), interrupted)).toBe(1);
      await steps.join(instanceId);
      expect(await steps.activate(resetId)).toBe(false);
      const late = await steps.prepare(account, { callId });
      await expect(steps.activate(late.resetId)).rejects.toThrow(RegistryUnavailable);
      expect(await registry.closeCall(callId, hungUp)).toMatchObject({ outcome: 'interrupted' });
      expect(await steps.look.auditRows(callId)).toHaveLength(1);
    });

    test('two close the calls of a third at once, and each call has one row', async () => {
      const third = randomUUID();
      const callIds = await times(20, () => steps.openCall({ instanceId: third }));
      await steps.lose(third);
      await times(2, () => registry.closeInterruptedCalls(randomUUID(), interrupted));
      for (const callId of callIds)
        expect(await steps.look.auditRows(callId)).toMatchObject([{ outcome: 'interrupted' }]);
    });

    test('a machine that is gone, with two calls of one phone, keeps no later call of it waiting', async () => {
      const [gone, phoneKey] = [randomUUID(), 'd'.repeat(64)];
      await steps.openCall({ instanceId: gone, phoneKey });
      await steps.openCall({ instanceId: gone, phoneKey });
      const other = await steps.join();
      expect(await steps.admission(randomUUID(), phoneKey, other)).toBe('phone-busy');
      await steps.look.ageLeases(minuteMs + 1000);
      expect(await steps.admission(randomUUID(), phoneKey, other)).toBe('admitted');
    });
  });
}
