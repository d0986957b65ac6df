import { checkHash, checkSettings, type DoctorSettings } from '../../src/doctor/application-checks.ts';
import { checkDatabase } from '../../src/doctor/database-checks.ts';
import type { DatabaseFacts } from '../../src/mysql/database/database-facts.ts';
import { databaseFacts, poolSize } from './database-facts.ts';
import { findWrong } from './shipped-pbx.ts';

const key = (seed: string) => `${seed}0123456789abcde`.repeat(4);
const good: DoctorSettings = {
  ariUrl: 'http://127.0.0.1:8088',
  databaseUrl: 'mysql://hotline:x@127.0.0.1:13306/hotline',
  smsGatewayUrl: 'https://sms.example/send',
  httpHost: '127.0.0.1',
  metricsHost: '127.0.0.1',
  amiHost: '127.0.0.1',
  limits: { CALLS_PER_PHONE: { value: 2, shipped: 2 }, RESETS_APART_SECONDS: { value: 60, shipped: 60 } },
  passwordValidMinutes: 10,
  hashKey: key('a'),
  auditKey: key('b'),
  hashKeysBefore: [key('c')],
  auditKeysBefore: [key('d')],
};

test('settings as shipped, with a gateway, are fine; and so are stricter limits', () => {
  expect(findWrong(checkSettings(good))).toEqual([]);
  const limits = {
    CALLS_PER_PHONE: { value: 1, shipped: 2 },
    RESETS_APART_SECONDS: { value: 600, shipped: 60 },
  };
  expect(findWrong(checkSettings({ ...good, limits }))).toEqual([]);
});

test.each<[string, Partial<DoctorSettings>]>([
  ['connection to ARI', { ariUrl: 'http://pbx.example:8088' }],
  ['connection to AMI', { amiHost: 'pbx.example' }],
  ['connection to the database', { databaseUrl: 'mysql://hotline:x@db.example/hotline' }],
  ['health page', { httpHost: '0.0.0.0' }],
  ['metrics', { metricsHost: '0.0.0.0' }],
  ['SMS gateway', { smsGatewayUrl: '' }],
  ['SMS gateway', { smsGatewayUrl: 'http://127.0.0.1:8090/sms' }],
  ['SMS gateway', { smsGatewayUrl: 'http://sms.example/send' }],
  ['limits', { limits: { MISMATCHES_PER_PHONE_HOUR: { value: 500, shipped: 5 } } }],
  ['limits', { limits: { RESETS_APART_SECONDS: { value: 0, shipped: 60 } } }],
  ['validity of a password', { passwordValidMinutes: 0 }],
  ['keys', { hashKey: '0'.repeat(64) }],
  ['keys', { auditKey: '0'.repeat(64) }],
  ['keys', { auditKey: key('a') }],
  ['keys', { auditKey: key('d') }],
  ['keys', { hashKey: key('c') }],
])('%s: what is wrong is named, and no secret with it', (title, wrong) => {
  const findings = checkSettings({ ...good, ...wrong });
  expect(findWrong(findings)).toEqual([title]);
  for (const secret of ['hotline:x', good.hashKey, key('b')])
    expect(JSON.stringify(findings)).not.toContain(secret);
});

test('a database on another machine is fine if its connection is encrypted', () => {
  expect(
    findWrong(checkSettings({ ...good, databaseUrl: 'mysql://hotline:x@db.example/hotline?tls=required' })),
  ).toEqual([]);
});

const database = databaseFacts();
const [rights, audit] = ["rights of the application's database user", 'audit log closed to the application'];
const set = (settings: Record<string, string>) => ({ settings: { ...database.settings, ...settings } });
const statementLogs = 'statements in logs of the database';

test.each<[titles: string[], wrong: Partial<DatabaseFacts>]>([
  [[], {}],
  [[rights, audit], { grants: ['GRANT ALL PRIVILEGES ON `d`.* TO `a`@`h`'] }],
  [[rights, audit], { grants: ['GRANT SELECT, INSERT, UPDATE, DELETE ON `d`.* TO `a`@`h`'] }],
  [[rights, audit], { grants: ['GRANT `administrators`@`%` TO `a`@`h`'] }],
  [[rights, audit], { grants: ['GRANT FILE ON *.* TO `a`@`h`'] }],
  [[rights, audit], { grants: ['GRANT SELECT ON `d`.`accounts` TO `a`@`h` WITH GRANT OPTION'] }],
  [[audit], { grants: ['GRANT SELECT, INSERT, UPDATE ON `d`.`audit_log` TO `a`@`h`'] }],
  [[audit], { grants: ['GRANT SELECT, INSERT, DELETE ON `d`.`audit_seals` TO `a`@`h`'] }],
  [['sealing of the audit log'], { rows: { ...database.rows!, unsealedLate: 3 } }],
  [['database version'], { version: '8.0.34' }],
  [['commits on disk'], set({ innodb_flush_log_at_trx_commit: '2' })],
  [['commits on disk'], set({ log_bin: 'ON', sync_binlog: '0' })],
  [[], set({ log_bin: 'ON', sync_binlog: '1' })],
  [[statementLogs], set({ general_log: 'ON' })],
  [[statementLogs], set({ slow_query_log: 'ON' })],
  [[statementLogs], set({ server_audit_logging: 'ON' })],
  [['connections of the database'], set({ max_connections: '25' })],
  [['connections of the database'], set({ max_user_connections: '10' })],
  [['prepared statements of the database'], set({ max_prepared_stmt_count: '500' })],
  [['clock of the database'], { clockAheadMs: -4000 }],
  [['clock of the database'], { clockAheadMs: 90_000 }],
])('%j is reported with %j', (titles, wrong) => {
  expect(findWrong(checkDatabase({ ...database, ...wrong }, poolSize))).toEqual(titles);
});

test('the hash that is checked is made as for a caller', async () => {
  expect(await checkHash()).toMatchObject([
    { title: 'password hash', verdict: 'ok', detail: expect.stringContaining('argon2id') },
  ]);
});
