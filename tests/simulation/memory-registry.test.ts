import { beforeEach, jest } from '@jest/globals';
import { spellAct } from '../../src/registry/officer-acts.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';
import { MemoryRegistry } from '../../src/simulation/memory-registry.ts';
import { describeRegistryContract } from '../support/contracts/registry.ts';
import type { RegistryUnderTest } from '../support/contracts/registry-steps.ts';

function look(registry: MemoryRegistry): RegistryUnderTest {
  return {
    registry,
    addAccount: async (account) => registry.addAccount(account),
    addCode: async (id, code) => registry.addCode(id, code),
    movePhone: async (id, phone) => registry.movePhone(id, phone),
    async readAccount(id) {
      const { passwordHash, mustChange, passwordExpiresAt } = registry.accounts.find(
        (account) => account.id === id,
      )!;
      return {
        passwordHash,
        mustChange,
        expiresInMs: passwordExpiresAt === null ? null : passwordExpiresAt - Date.now(),
      };
    },
    auditRows: async (callId) =>
      registry.audit
        .filter((row) => row.callId === callId)
        .map(({ outcome, reason, branch = null, maskedPhone = null, accountId = null }) => ({
          outcome,
          reason,
          branch,
          maskedPhone,
          accountId,
        })),
    auditKeys: async (callId) => {
      const { phoneKey = null, codeKey = null } = registry.audit.find((row) => row.callId === callId)!;
      return { phoneKey, codeKey };
    },
    steps: async (callId) => registry.steps.get(callId) ?? null,
    resetsIn: async (state, accountId) =>
      [...registry.resets.values()]
        .filter((reset) => reset.state === state && reset.accountId === accountId)
        .map(({ resetId }) => resetId),
    notifications: async (resetId) => registry.outbox.filter((id) => id === resetId).length,
    actsAbout: async (codeKey) =>
      registry.acts
        .filter((act) => act.codeKey === codeKey)
        .map(({ user, what }) => `${user}: ${spellAct(what)}`),
    age: async (ms) => registry.age(ms),
    ageLeases: async (ms) => registry.instances.age(ms),
    clear: async () => undefined,
  };
}

describe('the registry in memory', () => {
  let registry: MemoryRegistry;
  beforeEach(() => {
    registry = new MemoryRegistry();
  });

  describeRegistryContract(() => look(registry));

  describe('faults on demand', () => {
    const call = { callId: 'c', instanceId: 'i', channelId: '1', maskedPhone: '', phoneKey: null };
    beforeEach(() => void registry.instances.hold({ instanceId: 'i', node: 'node-1', process: '' }));

    test('"before" does nothing and hits one call only', async () => {
      registry.failNext('openCall', 'before');
      await expect(registry.openCall(call)).rejects.toThrow(RegistryUnavailable);
      expect(registry.openCalls.size).toBe(0);
      await registry.openCall(call);
    });

    test('"after-commit" does the work and loses the answer', async () => {
      registry.failNext('openCall', 'after-commit');
      await expect(registry.openCall(call)).rejects.toThrow(RegistryUnavailable);
      expect(registry.openCalls.size).toBe(1);
    });

    test('"hang" answers nothing before the deadline', async () => {
      jest.useFakeTimers();
      try {
        registry.failNext('readReset', 'hang');
        let settled = false;
        const reading = registry.readReset('r').finally(() => (settled = true));
        const outcome = expect(reading).rejects.toThrow(RegistryUnavailable);
        await jest.advanceTimersByTimeAsync(1999);
        expect(settled).toBe(false);
        await jest.advanceTimersByTimeAsync(1);
        await outcome;
      } finally {
        jest.useRealTimers();
      }
    });
  });
});
