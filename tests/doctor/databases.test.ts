import { randomUUID } from 'node:crypto';
import { checkAuditLog } from '../../src/doctor/audit-check.ts';
import { checkDatabase } from '../../src/doctor/database-checks.ts';
import { checkRegistry } from '../../src/doctor/service-checks.ts';
import { readDatabaseFacts, type EndingCount } from '../../src/mysql/database/database-facts.ts';
import { migrate } from '../../src/mysql/schema/migrate.ts';
import { auditKey, endedCall } from '../support/engine/audited-calls.ts';
import { databaseKinds } from '../support/engine/databases.ts';
import type { RegistryOwner } from '../support/engine/database-registry.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { poolSize } from './database-facts.ts';
import { findWrong } from './shipped-pbx.ts';

/** Rows of calls that ended in one way, one for each of these ages, in seconds. */
async function insertEnded(
  owner: RegistryOwner,
  [outcome, reason, identity]: readonly [string, string, string | null],
  ages: readonly number[],
): Promise<void> {
  await owner.pool.query(
    `INSERT INTO audit_log (call_id, outcome, reason, identity, duration_ms, mac, closed_at)
     SELECT CONCAT(?, LPAD(n, 12, '0')), ?, ?, ?, 0, REPEAT('m', 32), UTC_TIMESTAMP(3) - INTERVAL age SECOND
     FROM JSON_TABLE(?, '$[*]' COLUMNS (n FOR ORDINALITY, age INT PATH '$')) AS ages`,
    [randomUUID().slice(0, 24), outcome, reason, identity, JSON.stringify(ages)],
  );
}

/** For {@link insertEnded}, so that a busy machine does not change what is within a day. */
const [aDay, almostADay] = [86_400, 86_340];

const described = (endings: readonly EndingCount[] = []) =>
  endings.map((each) => `${each.number} ${each.outcome}, ${each.reason}, ${each.identity}`).sort();

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `the doctor at ${kind}`, (database) => {
    const rights = "rights of the application's database user";
    const audit = 'audit log closed to the application';
    const examine = async (url: string) => checkDatabase(await readDatabaseFacts(url), poolSize);

    test('finds the rights that migrate has given well, the schema up to date, and the registry empty', async () => {
      expect(findWrong(await examine(database.applicationUrl))).toEqual([]);
      expect(findWrong(checkRegistry(await readDatabaseFacts(database.applicationUrl)))).toEqual([
        'registry',
      ]);
    });

    test('finds an owner of the schema who is used as the application, and a right given by hand', async () => {
      expect(findWrong(await examine(database.url))).toEqual([rights, audit]);
      await database.owner.pool.query("GRANT UPDATE ON hotline.audit_log TO 'application'@'%'");
      expect(findWrong(await examine(database.applicationUrl))).toEqual(['rights to single tables', audit]);
      await database.owner.pool.query("REVOKE UPDATE ON hotline.audit_log FROM 'application'@'%'");
    });

    // MySQL has no PUBLIC, and makes no such database.
    if (kind !== 'mysql')
      test('takes what everybody may do in other databases, as on a new MariaDB, for no right in this one', async () => {
        await database.administer('GRANT ALL ON `test\\_%`.* TO PUBLIC');
        expect(findWrong(await examine(database.applicationUrl))).toEqual([]);
        await database.administer('GRANT ALL ON `hot%`.* TO PUBLIC');
        expect(findWrong(await examine(database.applicationUrl))).toEqual([rights, audit]);
        await database.administer('REVOKE ALL ON `hot%`.* FROM PUBLIC');
      });

    test('finds an application that may read password hashes, and one that lacks a right', async () => {
      await database.owner.pool.query("GRANT SELECT ON hotline.accounts TO 'application'@'%'");
      await database.owner.pool.query("REVOKE DELETE ON hotline.calls FROM 'application'@'%'");
      expect(await examine(database.applicationUrl)).toContainEqual({
        title: 'rights to single tables',
        verdict: 'danger',
        detail: 'too much: SELECT on accounts; missing: DELETE on calls',
        change: expect.stringContaining('hotline migrate'),
      });
      await migrate(database.url, { applicationUrl: database.applicationUrl });
      expect(findWrong(await examine(database.applicationUrl))).toEqual([]);
    });

    test('finds a log of statements that is switched on', async () => {
      await database.administer("SET GLOBAL log_output = 'TABLE'; SET GLOBAL general_log = 1");
      const findings = await examine(database.applicationUrl);
      await database.administer('SET GLOBAL general_log = 0');
      expect(findings).toContainEqual(
        expect.objectContaining({ verdict: 'danger', detail: 'general_log (log_output=TABLE)' }),
      );
    });

    test('finds a call that no sealer has sealed within a minute, and one that was altered', async () => {
      const callId = await endedCall(database.registry);
      const { rows } = await readDatabaseFacts(database.applicationUrl);
      expect(rows?.dayEndings.map(({ number }) => number)).toEqual([1]);
      expect(findWrong(await examine(database.applicationUrl))).toEqual([]);
      const look = async () =>
        checkAuditLog({ databaseUrl: database.applicationUrl, auditKey, auditKeysBefore: [], rows: 1 });
      expect(await look()).toMatchObject([{ verdict: 'ok', detail: 'intact: 0 rows sealed, 1 not yet' }]);
      await database.owner.pool.query(
        'UPDATE audit_log SET closed_at = closed_at - INTERVAL 2 MINUTE WHERE call_id = ?',
        [callId],
      );
      expect(findWrong(await examine(database.applicationUrl))).toEqual(['sealing of the audit log']);
      await database.owner.pool.query("UPDATE audit_log SET reason = 'never said' WHERE call_id = ?", [
        callId,
      ]);
      expect(await look()).toMatchObject([
        { verdict: 'danger', detail: expect.stringMatching(/^row 1 was inserted or altered/) },
      ]);
    });

    test('counts how calls ended within a day, by outcome, reason and identity, among the newest 10,000', async () => {
      const { owner, applicationUrl } = database;
      const counted = async () => described((await readDatabaseFacts(applicationUrl)).rows?.dayEndings);
      await owner.clear();
      await insertEnded(owner, ['limited', 'the oldest', 'withheld'], [0]);
      await insertEnded(owner, ['no-input', 'silent', 'asserted'], [0, almostADay, aDay, aDay + 60]);
      await insertEnded(owner, ['no-input', 'silent', 'unasserted'], [0]);
      await insertEnded(owner, ['no-input', 'all silent', 'asserted'], [0]);
      await insertEnded(owner, ['bad-input', 'silent', 'asserted'], [almostADay]);
      await insertEnded(owner, ['mismatch', 'of another day', 'asserted'], [aDay, 2 * aDay]);
      await insertEnded(owner, ['hung-up', 'gone', null], [almostADay, 0, 0]);
      const younger = [
        '1 bad-input, silent, asserted',
        '1 no-input, all silent, asserted',
        '1 no-input, silent, unasserted',
        '2 no-input, silent, asserted',
        '3 hung-up, gone, null',
      ];
      expect(await counted()).toEqual(['1 limited, the oldest, withheld', ...younger].sort());

      await insertEnded(owner, ['operator', 'asked for', 'asserted'], Array<number>(10_000 - 12).fill(0));
      expect(await counted()).toEqual([...younger, '9988 operator, asked for, asserted'].sort());
    });
  });
}
