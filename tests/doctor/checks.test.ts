import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDatabase, checkSettings, type DoctorSettings } from '../../src/doctor/application-checks.ts';
import { isLoopback, type Finding } from '../../src/doctor/finding.ts';
import { checkSecretFiles } from '../../src/doctor/machine-checks.ts';

const good: DoctorSettings = {
  ariUrl: 'http://127.0.0.1:8088',
  databaseUrl: 'mysql://hotline:x@127.0.0.1:13306/hotline',
  smsGatewayUrl: 'https://sms.example/send',
  httpHost: '127.0.0.1',
  amiHost: '127.0.0.1',
  limits: { CALLS_PER_PHONE: 2 },
};
const amiss = (findings: Finding[]) => findings.filter(({ verdict }) => verdict !== 'ok').map(({ title }) => title);

test('settings as shipped are well', () => {
  expect(amiss(checkSettings(good))).toEqual([]);
});

test.each<[string, Partial<DoctorSettings>]>([
  ['way to ARI', { ariUrl: 'http://pbx.example:8088' }],
  ['way to AMI', { amiHost: 'pbx.example' }],
  ['way to the database', { databaseUrl: 'mysql://hotline:x@db.example/hotline' }],
  ['health page', { httpHost: '0.0.0.0' }],
  ['SMS gateway', { smsGatewayUrl: '' }],
  ['limits', { limits: { CALLS_PER_PHONE: 0 } }],
])('%s: what is amiss is named, and no secret with it', (title, wrong) => {
  const findings = checkSettings({ ...good, ...wrong });
  expect(amiss(findings)).toEqual([title]);
  expect(JSON.stringify(findings)).not.toContain('hotline:x');
});

test('a database elsewhere is well when its connection is sealed', () => {
  expect(amiss(checkSettings({ ...good, databaseUrl: 'mysql://hotline:x@db.example/hotline?tls=required' }))).toEqual([]);
});

const database = {
  version: '11.8.3-MariaDB',
  grants: ['GRANT USAGE ON *.* TO `a`@`h`', 'GRANT SELECT, INSERT ON `d`.`audit_log` TO `a`@`h`'],
  flushAtCommit: '1',
  isEncrypted: false,
};

test.each([
  [[], {}],
  [["rights of the application's database user", 'audit log closed to the application'], { grants: ['GRANT ALL PRIVILEGES ON `d`.* TO `a`@`h`'] }],
  [['audit log closed to the application'], { grants: ['GRANT SELECT, INSERT, UPDATE ON `d`.`audit_log` TO `a`@`h`'] }],
  [['commits on the disk'], { flushAtCommit: '2' }],
  [['database version'], { version: '8.0.34' }],
])('%j is found amiss with %j', (titles, wrong) => {
  expect(amiss(checkDatabase({ ...database, ...wrong }))).toEqual(titles);
});

test('a secret that others may read is found in a file and in a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'hotline-doctor-'));
  try {
    const file = join(folder, 'env');
    writeFileSync(file, 'ARI_PASSWORD=x', { mode: 0o640 });
    expect(amiss(checkSecretFiles([folder, file, join(folder, 'absent')]))).toEqual([]);
    chmodSync(file, 0o644);
    expect(checkSecretFiles([folder])).toMatchObject([{ verdict: 'danger', detail: file, change: `chmod o= ${file}` }]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('only this machine itself is loopback', () => {
  expect(['127.0.0.1', '127.0.0.1:8088', '[::1]:8088', '::1', 'localhost'].map(isLoopback)).not.toContain(false);
  expect(['0.0.0.0:8088', '192.0.2.1', '127.0.0.1.example', '10.127.0.0.1', '[::]:8088', ''].map(isLoopback)).not.toContain(true);
});
