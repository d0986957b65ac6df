import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mayBeOther } from '../../../src/registry/account-codes.ts';
import { makePassword, PasswordReset } from '../../../src/accounts/reset.ts';
import { importAccounts } from '../../../src/mysql/import/import-accounts.ts';
import { changedCall, livingInstance } from '../../support/engine/audited-calls.ts';
import { databaseUnderTest } from '../../support/engine/database-registry.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import { describeRegistryContract } from '../../support/contracts/registry.ts';
import {
  changed,
  hungUp,
  interrupted,
  matchedPhone,
  newKey,
  oldHash,
  RegistrySteps,
} from '../../support/contracts/registry-steps.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the registry in ${kind}`, (database) => {
    describeRegistryContract(() => databaseUnderTest(database.registry, database.owner));

    test('no code can be another than the first of a person that a check would not look up', async () => {
      await database.owner.clear();
      const id = await database.owner.addAccount({
        bhxhCode: '1',
        phone: matchedPhone,
        passwordHash: oldHash,
      });
      for (const code of ['0123456789', '01234567890']) {
        expect(mayBeOther(code)).toBe(false);
        await expect(database.owner.addCode(id, code)).rejects.toThrow('account_codes_code_form');
      }
    });

    describe('an import that gives an account another phone', () => {
      const bhxhCode = '0012345678';
      let accountId: number;
      let directory: string;
      beforeEach(async () => {
        await database.owner.clear();
        accountId = await database.owner.addAccount({
          bhxhCode,
          phone: matchedPhone,
          passwordHash: oldHash,
        });
        directory = await mkdtemp(join(tmpdir(), 'hotline-import-'));
      });
      afterEach(() => rm(directory, { recursive: true }));

      async function importMove(): Promise<void> {
        const file = join(directory, 'accounts.csv');
        await writeFile(file, `bhxh_code,phone\n${bhxhCode},0987654321\n`);
        const summary = await importAccounts({ file, databaseUrl: database.url, codeLengths: [10] });
        expect(summary).toMatchObject({ updated: 1, rejected: 0 });
      }

      const prepare = async () => {
        const subject = { callId: randomUUID(), accountId, codes: [bhxhCode] as const, phone: matchedPhone };
        return PasswordReset.prepare(database.registry, subject, await makePassword(8));
      };
      const steps = () => new RegistrySteps(databaseUnderTest(database.registry, database.owner));
      const hash = async () => (await steps().look.readAccount(accountId)).passwordHash;

      test('leaves it blocked, as an officer has said', async () => {
        const reason = 'stolen SIM';
        await database.registry.setBlock({
          bhxhCode,
          state: 'blocked',
          reason,
          user: 'lan',
          codeKey: newKey(),
          seen: null,
        });
        const before = await database.registry.readBlock(bhxhCode);
        await importMove();
        expect(await database.registry.readBlock(bhxhCode)).toEqual(before);
        expect(before).toMatchObject({ state: 'blocked', by: 'lan', reason });
        expect(await steps().check({ bhxhCode, phone: '+84987654321' })).toMatchObject({ accountId: null });
      });

      test('between match and reading: nothing is offered to the old phone', async () => {
        expect(await steps().check({ bhxhCode })).toMatchObject({ accountId });
        await importMove();
        expect(await prepare()).toBe('moved');
        expect(await database.owner.rows('SELECT id FROM resets')).toEqual([]);
      });

      test('between first reading and change: the old password stays', async () => {
        const reset = await prepare();
        await importMove();
        expect(await (reset as PasswordReset).activate(0, changed)).toBe('refused');
        expect(await hash()).toBe(oldHash);
      });
    });

    describe('the terminal row says what an officer is asked about', () => {
      const steps = () => new RegistrySteps(databaseUnderTest(database.registry, database.owner));
      beforeEach(() => database.owner.clear());

      test('codes that did not match and a reading that had begun, also when the application died', async () => {
        const instanceId = await steps().join();
        const callId = await steps().openCall({ instanceId });
        await steps().check({ callId });
        await steps().check({ callId });
        await steps().prepare(await steps().newAccount(), { callId });
        await steps().lose(instanceId);
        await database.registry.closeInterruptedCalls(randomUUID(), interrupted);
        const row = 'SELECT outcome, mismatches, reading_begun AS begun, valid_until AS until FROM audit_log';
        expect(await database.owner.rows(row)).toEqual([
          { outcome: 'interrupted', mismatches: 2, begun: 1, until: null },
        ]);
      });

      test('what the caller did that was never checked', async () => {
        const callIds = [await steps().openCall(), await steps().openCall()];
        const unchecked = { silences: 2, incompleteCodes: 1 };
        await database.registry.closeCall(callIds[0]!, { ...hungUp, unchecked });
        await database.registry.closeCall(callIds[1]!, hungUp);
        expect(
          await database.owner.rows('SELECT silences, incomplete_codes FROM audit_log ORDER BY id'),
        ).toEqual([
          { silences: 2, incomplete_codes: 1 },
          { silences: 0, incomplete_codes: 0 },
        ]);
      });

      test('until when the new password is valid: exactly as the account says it to the login', async () => {
        await changedCall(database.registry, await steps().newAccount(), matchedPhone, 600_000);
        const row = `SELECT mismatches, valid_until = password_expires_at AS isSame FROM audit_log JOIN accounts ON accounts.id = account_id`;
        expect(await database.owner.rows(row)).toEqual([{ mismatches: 0, isSame: 1 }]);
      });
    });

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
