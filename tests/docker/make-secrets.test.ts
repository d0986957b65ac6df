import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { doctorSettings } from '../../src/commands/doctor.ts';
import { migrateSettings } from '../../src/commands/migrate.ts';
import { readEnvFile } from '../../src/machine/env-file.ts';
import { auditKeySettings, serveSettings } from '../../src/serve-settings.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotline-secrets-'));
afterAll(() => rmSync(folder, { recursive: true }));

const make = () =>
  spawnSync(process.execPath, [join(import.meta.dirname, '../../docker/make-secrets.ts'), folder]).status;
const settingsOf = (service: string) => {
  const file = join(folder, service, 'env');
  return readEnvFile(readFileSync(file, 'utf8'), file);
};

test('each service of compose.yaml is given what it reads, and a second start changes nothing', () => {
  for (const name of ['all', 'application', 'prepare', 'owner', 'doctor', 'sms', 'pbx', 'database'])
    mkdirSync(join(folder, name));
  expect(make()).toBe(0);
  const all = settingsOf('all');
  const readers = {
    application: serveSettings,
    prepare: migrateSettings,
    owner: [...migrateSettings, ...auditKeySettings],
    doctor: doctorSettings,
    sms: ['SMS_GATEWAY_SECRET', 'SMS_RECEIVER_PORT'],
  };
  for (const [service, names] of Object.entries(readers)) {
    const given = Object.keys(settingsOf(service));
    expect(given.filter((name) => !(names as readonly string[]).includes(name))).toEqual([]);
    expect(given.length).toBeGreaterThan(0);
  }
  expect(settingsOf('prepare')['DATABASE_OWNER_URL']).toBe(all['DATABASE_OWNER_URL']);
  expect(make()).toBe(0);
  expect(settingsOf('all')).toEqual(all);
});

test('a key whose line is renamed to the earlier ones is made anew, and both reach the application', () => {
  const file = join(folder, 'all/env');
  const { AUDIT_KEY: old } = settingsOf('all');
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^AUDIT_KEY=/m, 'AUDIT_KEYS_BEFORE='));
  expect(make()).toBe(0);
  const { AUDIT_KEY, AUDIT_KEYS_BEFORE } = settingsOf('application');
  expect(AUDIT_KEYS_BEFORE).toBe(old);
  expect(AUDIT_KEY).toMatch(/^[0-9a-f]{64}$/);
  expect(AUDIT_KEY).not.toBe(old);
});
