import { afterAll, beforeAll, jest } from '@jest/globals';
import { checkDatabase } from '../../src/doctor/application-checks.ts';
import { checkAuditLog } from '../../src/doctor/audit-check.ts';
import { checkRegistry } from '../../src/doctor/service-checks.ts';
import { readDatabaseFacts } from '../../src/mysql/database-facts.ts';
import { migrate } from '../../src/mysql/migrate.ts';
import type { MysqlRegistry } from '../../src/mysql/mysql-registry.ts';
import { auditedRegistry, auditKey, endedCall } from '../support/audited-calls.ts';
import { RegistryOwner } from '../support/database-registry.ts';
import { databaseKinds, startDatabase, type Database } from '../support/databases.ts';
import { describeWithDatabase } from '../support/describe-with-docker.ts';
import { amiss } from './shipped-pbx.ts';

// A guard against waiting for ever, not a measurement: the machine may be busy with other tests.
jest.setTimeout(60_000);

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `the doctor at ${kind}`, () => {
    let database: Database;
    let owner: RegistryOwner;
    let registry: MysqlRegistry;
    beforeAll(async () => {
      database = await startDatabase(kind);
      await migrate(database.url, { applicationUrl: database.applicationUrl });
      owner = new RegistryOwner(database.url);
      registry = auditedRegistry(database.applicationUrl);
    }, 120_000);
    afterAll(async () => {
      await registry?.end();
      await owner?.pool.end();
      await database?.stop();
    }, 60_000);

    const examine = async (url: string) => checkDatabase(await readDatabaseFacts(url));

    test('finds the rights that migrate has given well, the schema up to date, and the registry empty', async () => {
      expect(amiss(await examine(database.applicationUrl))).toEqual([]);
      expect(amiss(checkRegistry(await readDatabaseFacts(database.applicationUrl)))).toEqual(['registry']);
    });

    test('finds an owner of the schema who is used as the application, and a right given by hand', async () => {
      const [rights, audit] = ["rights of the application's database user", 'audit log closed to the application'];
      expect(amiss(await examine(database.url))).toEqual([rights, audit]);
      await owner.pool.query("GRANT UPDATE ON hotline.audit_log TO 'application'@'%'");
      expect(amiss(await examine(database.applicationUrl))).toEqual([audit]);
      await owner.pool.query("REVOKE UPDATE ON hotline.audit_log FROM 'application'@'%'");
    });

    test('finds a call that no sealer has sealed within a minute, and one that was altered', async () => {
      const callId = await endedCall(registry);
      expect(amiss(await examine(database.applicationUrl))).toEqual([]);
      const look = async () => checkAuditLog({ databaseUrl: database.applicationUrl, auditKey, rows: 1 });
      expect(await look()).toMatchObject([{ verdict: 'ok', detail: 'intact: 0 rows sealed, 1 not yet' }]);
      await owner.pool.query('UPDATE audit_log SET closed_at = closed_at - INTERVAL 2 MINUTE WHERE call_id = ?', [callId]);
      expect(amiss(await examine(database.applicationUrl))).toEqual(['sealing of the audit log']);
      await owner.pool.query("UPDATE audit_log SET reason = 'never said' WHERE call_id = ?", [callId]);
      expect(await look()).toMatchObject([{ verdict: 'danger', detail: expect.stringMatching(/^row 1 was inserted or altered/) }]);
    });
  });
}
