/** The part of the registry's contract about calls and their terminal rows (I5). */
import { randomUUID } from 'node:crypto';
import { beforeEach } from '@jest/globals';
import type { Registry } from '../../../src/registry/registry.ts';
import {
  changed,
  hungUp,
  interrupted,
  type RegistrySteps,
  times,
  type RegistryUnderTest,
} from './registry-steps.ts';

/** Part of {@link describeRegistryContract}. `current` is new for each test, on an empty registry. */
export function describeCallRecordContract(current: () => RegistrySteps): void {
  let steps: RegistrySteps;
  let registry: Registry;
  let look: RegistryUnderTest;
  beforeEach(() => {
    steps = current();
    ({ look, registry } = steps);
  });

  describe('the record of a call', () => {
    test('a call closed twice, or ten times at once, has the first terminal row and no other', async () => {
      const callId = await steps.openCall();
      await registry.closeCall(callId, hungUp);
      await times(10, () => registry.closeCall(callId, { outcome: 'fault', reason: 'late', durationMs: 1 }));
      expect(await look.auditRows(callId)).toEqual([
        {
          ...{ outcome: 'hung-up', reason: hungUp.reason, branch: null },
          ...{ maskedPhone: '+84***5678', accountId: null },
        },
      ]);
      const busy = await steps.openCall();
      await times(10, () => registry.closeCall(busy, hungUp));
      expect(await look.auditRows(busy)).toHaveLength(1);
    });

    test('a call whose password was changed stays "changed" when it is closed again', async () => {
      const callId = await steps.openCall();
      const { resetId } = await steps.prepare(await steps.newAccount(), { callId });
      await steps.activate(resetId);
      await registry.closeCall(callId, hungUp);
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'changed' }]);
      expect(await registry.readReset(resetId)).toBe('activated');
    });

    test('a row names the branch of its call, also if its opening came too late; a later opening changes nothing', async () => {
      const opening = {
        ...{ callId: randomUUID(), instanceId: await steps.join(), channelId: '1763800000.7' },
        ...{ branch: 'office-hours', maskedPhone: '', phoneKey: null },
      };
      await registry.openCall(opening);
      await registry.openCall({ ...opening, branch: 'reset' });
      await registry.closeCall(opening.callId, hungUp);
      expect(await look.auditRows(opening.callId)).toMatchObject([{ branch: 'office-hours' }]);
      const missed = { ...opening, callId: randomUUID() };
      await registry.closeCall(missed.callId, hungUp, missed);
      expect(await look.auditRows(missed.callId)).toMatchObject([{ branch: 'office-hours' }]);
    });

    test('"changed" is written by an activation and by nothing else', async () => {
      const callId = await steps.openCall();
      await expect(registry.closeCall(callId, changed)).rejects.toThrow(TypeError);
      expect(await look.auditRows(callId)).toEqual([]);
    });

    test('closing a call returns the terminal row that now stands: its own, the first one, or "changed"', async () => {
      const [own, reset] = [await steps.openCall(), await steps.openCall()];
      const { outcome, reason } = hungUp;
      const late = { outcome: 'fault', reason: 'late', durationMs: 1 } as const;
      expect(await registry.closeCall(own, hungUp)).toEqual({ outcome, reason, isNew: true });
      expect(await registry.closeCall(own, late)).toEqual({ outcome, reason, isNew: false });
      await steps.activate((await steps.prepare(await steps.newAccount(), { callId: reset })).resetId);
      expect(await registry.closeCall(reset, late)).toEqual({
        outcome: 'changed',
        reason: changed.reason,
        isNew: false,
      });
      const atOnce = randomUUID();
      const rows = await times(10, (index) =>
        registry.closeCall(atOnce, { outcome: 'fault', reason: `fault ${index}`, durationMs: 1 }),
      );
      const [stored] = await look.auditRows(atOnce);
      expect(rows.filter(({ isNew }) => isNew)).toHaveLength(1);
      for (const row of rows) expect(row).toMatchObject({ outcome: 'fault', reason: stored!.reason });
    });

    test('an interrupted call has the reason that is given when it is closed', async () => {
      const instanceId = randomUUID();
      const callId = await steps.openCall({ instanceId });
      await steps.lose(instanceId);
      const ending = { outcome: 'interrupted', reason: 'the power failed' } as const;
      expect(await registry.closeInterruptedCalls(randomUUID(), ending)).toBe(1);
      expect(await look.auditRows(callId)).toMatchObject([ending]);
    });

    test('the steps of a call are kept with its row, or after it; the first ones stay', async () => {
      const [own, other] = [await steps.openCall(), await steps.openCall()];
      const reset = await steps.openCall();
      await registry.closeCall(own, { ...hungUp, steps: '[[0,"arrived"]]' });
      const late = [own, other].map((callId) => ({ callId, steps: '[[0,"late"]]' }));
      await times(10, () => registry.keepSteps(late));
      expect(await look.steps(own)).toBe('[[0,"arrived"]]');
      expect(await look.steps(other)).toBe('[[0,"late"]]');
      await steps.activate((await steps.prepare(await steps.newAccount(), { callId: reset })).resetId);
      expect(await look.steps(reset)).toBeNull();
      await registry.closeCall(reset, { ...hungUp, steps: '[[0,"arrived"]]' }); // its process died after the change
      expect(await look.steps(reset)).toBe('[[0,"arrived"]]');
    });

    test('a call whose opening could not be recorded gets its terminal row anyway', async () => {
      const callId = randomUUID();
      await registry.closeCall(callId, hungUp);
      expect(await look.auditRows(callId)).toEqual([
        { outcome: 'hung-up', reason: hungUp.reason, branch: null, maskedPhone: null, accountId: null },
      ]);
    });

    test('a call opened twice, and once more after its end, leaves one terminal row and nothing open', async () => {
      const callId = await steps.openCall();
      const again = {
        callId,
        instanceId: await steps.join(),
        channelId: '1',
        maskedPhone: '',
        phoneKey: null,
      };
      expect(await registry.openCall(again)).toBe('admitted');
      await registry.closeCall(callId, hungUp);
      expect(await registry.openCall(again)).toBe('ended');
      await registry.closeCall(callId, { outcome: 'interrupted', reason: 'late', durationMs: 1 });
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'hung-up', maskedPhone: '+84***5678' }]);
      expect(await registry.closeInterruptedCalls(randomUUID(), interrupted)).toBe(0);
    });

    test('a call back is found by its number and its code, and does not count against its phone', async () => {
      const [phoneKey, codeKey] = [
        randomUUID().replaceAll('-', '').repeat(2),
        randomUUID().replaceAll('-', '').repeat(2),
      ];
      const opening = {
        instanceId: await steps.join(),
        channelId: 'call-back-1',
        maskedPhone: '+84***5678',
        phoneKey,
        codeKey,
        takesPlace: false,
      };
      const callIds = Array.from({ length: 3 }, () => randomUUID() as string);
      for (const callId of callIds) expect(await registry.openCall({ callId, ...opening })).toBe('admitted');
      const own = randomUUID();
      expect(await steps.admission(own, phoneKey)).toBe('admitted');
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('admitted');
      expect(await steps.admission(randomUUID(), phoneKey)).toBe('phone-busy');
      expect(await registry.openCall({ callId: randomUUID(), ...opening })).toBe('admitted');
      await registry.closeCall(callIds[0]!, { outcome: 'not-answered', reason: 'busy', durationMs: 1 });
      expect(await look.auditKeys(callIds[0]!)).toEqual({ phoneKey, codeKey });
      await steps.activate((await steps.prepare(await steps.newAccount(), { callId: callIds[1]! })).resetId);
      expect(await look.auditKeys(callIds[1]!)).toEqual({ phoneKey, codeKey });
      await registry.closeCall(own, hungUp);
      expect(await look.auditKeys(own)).toEqual({ phoneKey, codeKey: null });
    });

    test('a code keyed in the call is in its terminal row', async () => {
      const [phoneKey, codeKey, callId] = ['a'.repeat(64), 'b'.repeat(64), randomUUID()];
      await registry.openCall({
        callId,
        instanceId: await steps.join(),
        channelId: '1',
        maskedPhone: '',
        phoneKey,
        takesPlace: false,
        codeKey: 'c'.repeat(64),
      });
      await steps.check({ callId, phoneKey, codeKey });
      await registry.closeCall(callId, hungUp);
      expect(await look.auditKeys(callId)).toEqual({ phoneKey, codeKey });
    });

    test('calls of an instance that is lost are closed as interrupted and their resets void', async () => {
      const [dead, alive] = [randomUUID(), randomUUID()];
      const [lost, ended, ongoing] = [
        await steps.openCall({ instanceId: dead }),
        await steps.openCall({ instanceId: dead }),
        await steps.openCall({ instanceId: alive }),
      ];
      await registry.closeCall(ended, hungUp);
      const id = await steps.newAccount();
      const { resetId } = await steps.prepare(id, { callId: lost });
      const { resetId: ongoingReset } = await steps.prepare(await steps.newAccount(), { callId: ongoing });
      await steps.lose(dead);
      expect(await registry.closeInterruptedCalls(alive, interrupted)).toBe(1);
      expect(await look.auditRows(lost)).toMatchObject([
        { outcome: 'interrupted', maskedPhone: '+84***5678' },
      ]);
      expect(await look.auditRows(ended)).toMatchObject([{ outcome: 'hung-up' }]);
      expect(await look.auditRows(ongoing)).toEqual([]);
      expect(await registry.readReset(resetId)).toBe('voided');
      expect(await registry.readReset(ongoingReset)).toBe('prepared');
      expect(await steps.activate(resetId)).toBe(false);
      expect(await registry.closeInterruptedCalls(alive, interrupted)).toBe(0);
    });

    test('a call that was told "changed" before the process died is not closed again', async () => {
      const instanceId = randomUUID();
      const callId = await steps.openCall({ instanceId });
      await steps.activate((await steps.prepare(await steps.newAccount(), { callId })).resetId);
      await registry.leaveNode(instanceId);
      expect(await registry.closeInterruptedCalls(randomUUID(), interrupted)).toBe(0);
      expect(await look.auditRows(callId)).toMatchObject([{ outcome: 'changed' }]);
    });
  });
}
