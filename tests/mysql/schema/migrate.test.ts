import { readdirSync, readFileSync } from 'node:fs';
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { verifyPassword } from '../../../src/accounts/password-hash.ts';
import { AuditSealer } from '../../../src/mysql/audit/audit-sealer.ts';
import { verifyAuditLog } from '../../../src/mysql/audit/verify.ts';
import { demoCitizens, loadDemoCitizens } from '../../../src/mysql/import/demo-citizens.ts';
import { importAccounts } from '../../../src/mysql/import/import-accounts.ts';
import { MysqlOutbox } from '../../../src/mysql/outbox.ts';
import { migrate } from '../../../src/mysql/schema/migrate.ts';
import { auditedRegistry } from '../../support/engine/audited-calls.ts';
import { RegistryOwner } from '../../support/engine/database-registry.ts';
import { databaseKinds, startDatabase, type Database } from '../../support/engine/databases.ts';
import { describeWithDatabase } from '../../support/engine/describe-with-docker.ts';

const shipped = join(import.meta.dirname, '../../../src/mysql/schema');
const steps = readdirSync(shipped).filter((name) => name.endsWith('.sql'));
const schema = steps
  .sort()
  .map((name) => readFileSync(join(shipped, name), 'utf8'))
  .join('');
const newest = Number.parseInt(steps.at(-1)!, 10);
const tables = [
  ...[...schema.matchAll(/CREATE TABLE IF NOT EXISTS (\w+)/g)].map(([, table]) => table!),
  'schema_version',
].sort();

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `migrating ${kind}`, () => {
    let database: Database;
    let owner: RegistryOwner;
    let directory: string;
    beforeAll(async () => {
      database = await startDatabase(kind);
      owner = new RegistryOwner(database.url);
    });
    afterAll(async () => {
      await owner?.pool.end();
      await database?.stop();
    });
    beforeEach(async () => {
      await emptyDatabase();
      directory = await mkdtemp(join(tmpdir(), 'hotline-migrations-'));
      await cp(shipped, directory, { recursive: true });
    });
    afterEach(() => rm(directory, { recursive: true }));

    async function emptyDatabase(): Promise<void> {
      const connection = await owner.pool.getConnection();
      await connection.query('SET foreign_key_checks = 0');
      for (const table of await tableNames()) await connection.query(`DROP TABLE ${table}`);
      connection.destroy();
    }

    const own = () => ({ migrationPattern: join(directory, '*.sql') });
    const tableNames = async () =>
      (await owner.rows('SHOW TABLES')).map((row) => String(Object.values(row)[0])).sort();

    test('an empty database gets every table; a second run changes nothing', async () => {
      const { applied, version } = await migrate(database.url);
      expect(applied).toHaveLength(steps.length);
      expect(await tableNames()).toEqual(tables);
      expect(await migrate(database.url)).toEqual({ applied: [], version, warning: null });
    });

    test('three migrations started at once run each step once', async () => {
      const reports = await Promise.all([1, 2, 3].map(() => migrate(database.url)));
      expect(reports.flatMap(({ applied }) => applied)).toHaveLength(steps.length);
    });

    test('a migration that waits too long for another says so', async () => {
      const other = await owner.pool.getConnection();
      await other.query(`SELECT GET_LOCK('hotline migrate hotline', 0)`);
      await expect(migrate(database.url, { lockWaitSeconds: 0 })).rejects.toThrow(
        'Another migration of this database has been running',
      );
      other.destroy();
    });

    test('a step that fails stops the migration with a sentence, keeps the steps before it, and can be repeated once corrected', async () => {
      const broken = join(directory, '900.do.broken.sql');
      await writeFile(broken, 'CREATE TABL x (n INT)');
      await expect(migrate(database.url, own())).rejects.toThrow(
        /^The database could not be migrated: ER_PARSE_ERROR$/,
      );
      expect(await tableNames()).toEqual(tables);
      await writeFile(broken, 'CREATE TABLE IF NOT EXISTS mended (n INT)');
      expect((await migrate(database.url, own())).applied).toEqual(['900 broken']);
      await owner.pool.query('DROP TABLE mended');
    });

    test('a migration that was killed between a step and its record can be repeated', async () => {
      await migrate(database.url);
      await owner.pool.query('DELETE FROM schema_version WHERE version > 0');
      expect((await migrate(database.url)).applied).toHaveLength(steps.length);
      expect(await tableNames()).toEqual(tables);
    });

    test('a migration that was killed between two statements of a step can be repeated', async () => {
      const statements = schema
        .replace(/^ *--.*$/gm, '')
        .split(/;\n/)
        .filter((text) => text.trim() !== '');
      expect(statements).toHaveLength(tables.length + 1); // two more fill limit_locks and audit_sweep; postgrator makes its own table, before them
      await migrate(database.url);
      const [versions] = await owner.rows<{ 'Create Table': string }>('SHOW CREATE TABLE schema_version');
      for (let done = 1; done < statements.length; done++) {
        await emptyDatabase();
        const made = [versions!['Create Table'], ...statements.slice(0, done)];
        for (const statement of made) await owner.pool.query(statement);
        expect((await migrate(database.url)).applied).toHaveLength(steps.length);
        expect(await tableNames()).toEqual(tables);
        const [locks] = await owner.rows<{ locks: number }>('SELECT COUNT(*) AS locks FROM limit_locks');
        expect(locks).toEqual({ locks: 4097 });
      }
    });

    test('a database of version 1 keeps its accounts', async () => {
      for (const name of steps.slice(1)) await rm(join(directory, name));
      expect((await migrate(database.url, own())).version).toBe(1);
      await owner.addAccount({ bhxhCode: '0123456789', phone: '+84912345678', passwordHash: '$x$' });
      expect((await migrate(database.url)).applied).toHaveLength(steps.length - 1);
      expect(await owner.rows('SELECT bhxh_code FROM accounts')).toEqual([{ bhxh_code: '0123456789' }]);
    });

    test('a step edited after it was run is refused by number', async () => {
      await migrate(database.url, own());
      await writeFile(join(directory, '001.do.schema.sql'), 'SELECT 1');
      await expect(migrate(database.url, own())).rejects.toThrow(
        'migration 1 has been edited after it was run',
      );
    });

    test('a database newer than the program is refused', async () => {
      const { version } = await migrate(database.url);
      await owner.pool.query(`INSERT INTO schema_version (version, name) VALUES (${version + 1}, 'future')`);
      await expect(migrate(database.url)).rejects.toThrow(
        `The database has schema version ${version + 1}, this program knows ${version}`,
      );
    });

    test.each<[string, damage: string, repair: string, sentence: RegExp]>([
      [
        'is not complete',
        `UPDATE schema_version SET version = -1 WHERE version = ${newest}`,
        `UPDATE schema_version SET version = ${newest} WHERE version = -1`,
        new RegExp(
          `schema is not complete \\(version ${newest - 1}, this program needs ${newest}\\): run hotline migrate`,
        ),
      ],
      [
        'is newer',
        "INSERT INTO schema_version (version, name) VALUES (99, 'later')",
        'DELETE FROM schema_version WHERE version = 99',
        new RegExp(`newer \\(version 99\\) than this program \\(${newest}\\): use a newer program`),
      ],
      [
        'is of another edition',
        `UPDATE schema_version SET md5 = CONCAT('other ', md5) WHERE version = ${newest}`,
        `UPDATE schema_version SET md5 = REPLACE(md5, 'other ', '') WHERE version = ${newest}`,
        new RegExp(`another edition of migration ${newest}`),
      ],
      [
        'has lost a table',
        'RENAME TABLE call_backs TO elsewhere',
        'RENAME TABLE elsewhere TO call_backs',
        /lost tables, or its user may not see them \(call_backs\)/,
      ],
    ])(
      'a schema that %s is refused by every command until it is whole',
      async (_, damage, repair, sentence) => {
        await migrate(database.url);
        const [url, key] = [database.url, 'a1'.repeat(32)];
        const file = join(directory, 'accounts.csv');
        await writeFile(file, 'bhxh_code,phone\n0123456789,0912345678\n');
        const outbox = new MysqlOutbox({ url, maxAgeHours: 72 });
        const sealer = new AuditSealer({ url, key });
        const registry = auditedRegistry(url);
        const commands = [
          () => importAccounts({ file, databaseUrl: url, codeLengths: [10] }),
          () => loadDemoCitizens(url),
          () => verifyAuditLog({ databaseUrl: url, key }),
          () => outbox.count(),
          () => sealer.sealAll(),
          () => registry.readReset('none'),
        ];
        await owner.pool.query(damage);
        for (const command of commands) await expect(command()).rejects.toThrow(sentence);
        expect(await registry.whyNotReady()).toMatch(sentence);
        await owner.pool.query(repair);
        for (const command of commands) await command();
        await Promise.all([outbox, sealer, registry].map((each) => each.end()));
      },
    );

    test('a wrong password, a missing server and a missing database are told apart, without the URL', async () => {
      const change = (edit: (url: URL) => void) => {
        const url = new URL(database.url);
        edit(url);
        return migrate(url.href).catch((error: Error) => error.message);
      };
      expect(await change((url) => (url.password = 'wrong-secret'))).toMatch(
        /^The database could not be migrated: it refused the user or the password \(ER_ACCESS_DENIED_ERROR\)$/,
      );
      expect(await change((url) => (url.port = '1'))).toMatch(/nothing listens there \(ECONNREFUSED\)$/);
      expect(await change((url) => (url.pathname = '/nowhere'))).toMatch(
        /^The database could not be migrated: the user has no right to this database; set DATABASE_OWNER_URL and run: hotline migrate \(ER_DBACCESS_DENIED_ERROR\)$/,
      );
    });

    test('the demo citizens get passwords that are not kept, and a second load leaves them alone', async () => {
      await migrate(database.url);
      await loadDemoCitizens(database.url);
      const accounts = () =>
        owner.rows<{ bhxhCode: string; phone: string; hash: string }>(
          'SELECT bhxh_code AS bhxhCode, phone, password_hash AS hash FROM accounts ORDER BY bhxh_code',
        );
      const loaded = await accounts();
      expect(loaded.map(({ bhxhCode, phone }) => ({ bhxhCode, phone }))).toEqual(
        demoCitizens
          .map(({ bhxhCode, phone }) => ({ bhxhCode, phone }))
          .sort((a, b) => a.bhxhCode.localeCompare(b.bhxhCode)),
      );
      expect(await verifyPassword(loaded[0]!.hash, '00000000')).toBe(false);
      await loadDemoCitizens(database.url);
      expect(await accounts()).toEqual(loaded);
      expect(await owner.rows('SELECT code FROM account_codes')).toEqual([{ code: '012345678901' }]);
    });
  });
}
