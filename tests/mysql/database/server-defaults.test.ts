/** Servers that are set up otherwise than ours, or that stop taking changes. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { createConnection } from 'mysql2/promise';
import { checkAttempt } from '../../../src/accounts/attempt.ts';
import { checkRegistry } from '../../../src/doctor/service-checks.ts';
import { AuditSealer } from '../../../src/mysql/audit/audit-sealer.ts';
import { verifyAuditLog } from '../../../src/mysql/audit/verify.ts';
import { readDatabaseFacts } from '../../../src/mysql/database/database-facts.ts';
import { importAccounts } from '../../../src/mysql/import/import-accounts.ts';
import { MysqlOutbox } from '../../../src/mysql/outbox.ts';
import type { MysqlRegistry } from '../../../src/mysql/registry/mysql-registry.ts';
import { migrate } from '../../../src/mysql/schema/migrate.ts';
import {
  auditedRegistry,
  auditKey,
  changedCall,
  endedCall,
  hashKey,
} from '../../support/engine/audited-calls.ts';
import { RegistryOwner } from '../../support/engine/database-registry.ts';
import { databaseKinds, startDatabase, type Database } from '../../support/engine/databases.ts';
import { describeWithDatabase } from '../../support/engine/describe-with-docker.ts';
import { until } from '../../support/until.ts';

/** Defaults of the server that change what a statement means, what it sees, or whether it commits. */
const hostile = [
  "sql_mode = 'ANSI_QUOTES,PIPES_AS_CONCAT,NO_BACKSLASH_ESCAPES,HIGH_NOT_PRECEDENCE,PAD_CHAR_TO_FULL_LENGTH'",
  'autocommit = 0',
  "time_zone = '-11:00'",
  'completion_type = 2',
  'sql_select_limit = 1',
  'foreign_key_checks = 0',
  'character_set_server = latin1',
  "init_connect = 'SET sql_safe_updates = 1, sql_auto_is_null = 1, sql_big_selects = 0'",
];
const hostileMysql = [
  "transaction_isolation = 'SERIALIZABLE'",
  'transaction_read_only = 1',
  'max_execution_time = 1',
  'sql_require_primary_key = 1',
];
const hostileMariadb = [
  "sql_mode = CONCAT(@@GLOBAL.sql_mode, ',ORACLE,EMPTY_STRING_IS_NULL,SIMULTANEOUS_ASSIGNMENT')",
  "tx_isolation = 'SERIALIZABLE'",
  'tx_read_only = 1',
  'max_statement_time = 0.000001',
];

for (const kind of databaseKinds) {
  describeWithDatabase(kind, `${kind} with other settings than ours`, () => {
    let database: Database;
    let owner: RegistryOwner;
    let registry: MysqlRegistry;
    let directory: string;
    beforeAll(async () => {
      database = await startDatabase(kind, { options: ['--log-bin=binlog', '--server-id=1'] });
      directory = await mkdtemp(join(tmpdir(), 'hotline-defaults-'));
      owner = new RegistryOwner(database.url);
      registry = auditedRegistry(database.applicationUrl);
    });
    afterAll(async () => {
      await Promise.all([owner?.end(), registry?.end()]);
      await database?.stop();
      await rm(directory, { recursive: true });
    });

    const setGlobal = (...variables: string[]) =>
      database.administer(variables.map((each) => `SET GLOBAL ${each};`).join('\n'));
    const migrated = () => migrate(database.url, { applicationUrl: database.applicationUrl });

    async function imported(): Promise<number> {
      const file = join(directory, 'accounts.csv');
      await writeFile(file, 'bhxh_code,phone\n0123456789,0912345678\n0123456780,0912345679\n');
      return (await importAccounts({ file, databaseUrl: database.url, codeLengths: [10] })).added;
    }

    async function sealed(): Promise<number> {
      const sealer = new AuditSealer({ url: database.applicationUrl, key: auditKey });
      return sealer
        .sealAll()
        .then((batches) => batches.reduce((sum, { rows }) => sum + rows, 0))
        .finally(() => sealer.end());
    }

    async function waiting(): Promise<number> {
      const outbox = new MysqlOutbox({ url: database.applicationUrl, deadlineMs: 20_000, maxAgeHours: 72 });
      return outbox
        .count()
        .then((counts) => counts.waiting)
        .finally(() => outbox.end());
    }

    const verified = () => verifyAuditLog({ databaseUrl: database.applicationUrl, key: auditKey });

    test('a server that logs statements is refused by migrate before anything is made', async () => {
      await setGlobal("binlog_format = 'STATEMENT'");
      await expect(migrated()).rejects.toThrow(/binlog_format=STATEMENT.*: set binlog_format=ROW, then/);
      expect(await owner.rows('SHOW TABLES')).toEqual([]);
      await setGlobal("binlog_format = 'ROW'");
    });

    test('no default of the server changes what the hotline does', async () => {
      await setGlobal(...hostile, ...(kind === 'mysql' ? hostileMysql : hostileMariadb));
      expect((await migrated()).warning).toBeNull();
      expect(await imported()).toBe(2);
      const attempt = {
        attemptId: randomUUID(),
        callId: randomUUID(),
        isPhoneCertain: true,
        canCallBack: false,
      };
      const pair = { code: '0123456780', phone: '+84912345679' };
      const match = await checkAttempt(registry, { current: hashKey }, { ...attempt, ...pair }, null);
      expect(match).toMatchObject({ kind: 'match' });
      if (match.kind === 'match') await changedCall(registry, match.accountId, pair.phone);
      await endedCall(registry);
      expect(await registry.whyNotReady()).toBeNull();
      expect(await sealed()).toBe(2);
      expect(await waiting()).toBe(1);
      expect(await verified()).toMatchObject({ finding: null, rows: 2 });
      await setGlobal(
        ...(kind === 'mysql'
          ? ['transaction_read_only = 0']
          : ['tx_read_only = 0', 'max_statement_time = 0']),
        'autocommit = 1',
      );
    });

    test('a server that takes fewer connections than the pool may open is named at the start', async () => {
      expect(await registry.whyShortOfConnections(20)).toBeNull();
      await setGlobal('max_connections = 25');
      expect(await registry.whyShortOfConnections(20)).toBe(
        'the database takes 25 connections, expected 30 or more for DATABASE_POOL_SIZE=20: set max_connections and max_user_connections, or make the pool smaller',
      );
      await setGlobal('max_connections = 151');
    });

    /** Until the answer of the last check has run out. */
    const untilReady = () => until(async () => (await registry.whyNotReady()) === null);
    const untilUnready = (why: RegExp) => until(async () => why.test((await registry.whyNotReady()) ?? ''));

    /** What the doctor finds wrong, or why it cannot look. */
    const examine = () =>
      readDatabaseFacts(database.applicationUrl).then(
        (facts) => JSON.stringify(checkRegistry(facts)),
        (error: Error) => error.message,
      );

    const refusals: [name: string, on: string, off: string, why: RegExp][] = [
      [
        'read_only',
        'read_only = 1',
        'read_only = 0',
        /it is read-only, a standby perhaps; expected a server that takes changes/,
      ],
      ...(kind === 'mysql'
        ? ([
            ['super_read_only', 'super_read_only = 1', 'read_only = 0', /it is read-only/],
            ['offline_mode', 'offline_mode = 1', 'offline_mode = 0', /it is in offline_mode/],
          ] satisfies [string, string, string, RegExp][])
        : []),
    ];
    test.each(refusals)('a server in %s is not ready, and ready again by itself', async (_, on, off, why) => {
      await untilReady();
      await setGlobal(on);
      await untilUnready(why);
      expect(await examine()).toMatch(why);
      await setGlobal(off);
      await untilReady();
      await endedCall(registry);
    });

    test('a server that a backup has locked is not ready, the doctor says so and does not wait, and it is ready again by itself', async () => {
      await untilReady();
      await database.administer(`GRANT RELOAD ON *.* TO '${new URL(database.url).username}'@'%'`);
      const backup = await createConnection(database.url);
      try {
        await backup.query('FLUSH TABLES WITH READ LOCK');
        await untilUnready(/./);
        expect(await examine()).toMatch('FLUSH TABLES WITH READ LOCK');
      } finally {
        await backup.end(); // and with it its lock
      }
      await untilReady();
    });

    test('a database that loses a table is not ready, and ready again once it is back', async () => {
      await untilReady();
      await owner.pool.query('RENAME TABLE audit_checkpoints TO put_aside');
      try {
        await untilUnready(/the registry cannot be used: it has lost tables, .*\(audit_checkpoints\)/);
      } finally {
        await owner.pool.query('RENAME TABLE put_aside TO audit_checkpoints');
      }
      await untilReady();
    });

    test.each([
      ['INSERT', 'audit_log'],
      ['UPDATE (must_change)', 'accounts'],
    ])('a user who loses %s on %s is not ready, and ready again after migrate', async (right, table) => {
      await untilReady();
      await owner.pool.query(
        `REVOKE ${right} ON ${table} FROM '${new URL(database.applicationUrl).username}'@'%'`,
      );
      await untilUnready(new RegExp(`its user lacks rights \\(.*${table}\\): run hotline migrate`));
      await migrated();
      await untilReady();
    });
  });
}
