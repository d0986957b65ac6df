/** Checks that prepare a reset, on real databases: what comes between match and lock, or between COMMIT and closing. */
import { randomUUID } from 'node:crypto';
import { databaseUnderTest } from '../../support/engine/database-registry.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';
import {
  hungUp,
  matchedPhone,
  newCode,
  newReset,
  oldHash,
  RegistrySteps,
} from '../../support/contracts/registry-steps.ts';
import { until } from '../../support/until.ts';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `a check that prepares a reset in ${kind}`, (database) => {
    beforeEach(() => database.owner.clear());

    const steps = () => new RegistrySteps(databaseUnderTest(database.registry, database.owner));

    /** Resolves when the application waits in a statement like this. */
    const waitsIn = (statement: string) =>
      until(
        async () =>
          (
            await database.application.rows(
              `SELECT 1 FROM information_schema.processlist WHERE info LIKE '${statement}%'`,
            )
          ).length > 0,
      );

    test.each([
      ['moved', "phone = '+84987654321'"],
      ['blocked', "phone_resets = 'blocked'"],
    ])('says so (%s) where the account changes between its match and its lock', async (why, change) => {
      const bhxhCode = newCode();
      const accountId = await database.owner.addAccount({
        ...{ bhxhCode, phone: matchedPhone, passwordHash: oldHash },
      });
      const other = await database.owner.pool.getConnection();
      await other.beginTransaction();
      await other.query(`UPDATE accounts SET ${change} WHERE id = ?`, [accountId]);
      const checked = steps().check({ bhxhCode, reset: newReset() });
      await waitsIn('SELECT phone_resets');
      await other.commit();
      other.release();
      expect(await checked).toMatchObject({ admission: 'admitted', accountId, preparation: why });
      expect(await database.owner.rows('SELECT id FROM resets')).toEqual([]);
    });

    test('is still being committed when its call is closed: its reset is voided all the same', async () => {
      const callId = await steps().openCall();
      const accountId = await steps().newAccount();
      const late = await database.owner.pool.getConnection();
      await late.beginTransaction();
      await late.query(
        `INSERT INTO resets (id, call_id, account_id, state, prepared_at, expires_at)
         VALUES (?, ?, ?, 'prepared', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3) + INTERVAL 5 MINUTE)`,
        [randomUUID(), callId, accountId],
      );
      const closed = database.registry.closeCall(callId, hungUp);
      await waitsIn('UPDATE resets');
      await late.commit();
      late.release();
      expect(await closed).toMatchObject({ isNew: true });
      expect(await database.owner.rows('SELECT state FROM resets')).toEqual([{ state: 'voided' }]);
      expect(await database.owner.rows('SELECT reading_begun FROM audit_log')).toEqual([
        { reading_begun: 1 },
      ]);
    });
  });
}
