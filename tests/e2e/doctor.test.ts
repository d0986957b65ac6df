/** `npx hotline doctor` against the hotline as shipped. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { doctorCommand, examine, type DoctorOptions } from '../../src/doctor/doctor-command.ts';
import { hotlineEnvironment, runStateDirectory, whenHealthy } from '../support/hotline-under-test.ts';

beforeEach(whenHealthy);

function options(changes: Partial<DoctorOptions> = {}): DoctorOptions {
  const environment = hotlineEnvironment();
  return {
    ariUrl: environment['ARI_URL']!,
    databaseUrl: environment['DATABASE_URL']!,
    smsGatewayUrl: environment['SMS_GATEWAY_URL']!,
    httpHost: '127.0.0.1',
    amiHost: '127.0.0.1',
    limits: { MISMATCHES_PER_PHONE_HOUR: 5 },
    ami: { host: '127.0.0.1', port: 5038, username: environment['AMI_USERNAME']!, password: environment['AMI_PASSWORD']! },
    secretPlaces: [join(runStateDirectory(), 'env'), join(runStateDirectory(), 'asterisk/secrets')],
    ...changes,
  };
}

test('finds nothing dangerous in the hotline as shipped', async () => {
  const findings = await examine(options());
  const amiss = findings.filter(({ verdict }) => verdict === 'danger' || verdict === 'unknown');
  expect(amiss).toEqual([]);
  expect(findings.map(({ title }) => title)).toEqual(
    expect.arrayContaining([
      'live_dangerously',
      'ARI on loopback',
      'AMI on loopback',
      'user of the Asterisk',
      'user of the database',
      'password hash',
      'files with secrets',
    ]),
  );
});

test('names what is wrong and what to change: a gateway that is not set, a limit that is off, an ARI in the clear', async () => {
  const findings = await examine(
    options({ smsGatewayUrl: '', limits: { MISMATCHES_PER_PHONE_HOUR: 0 }, ariUrl: 'http://192.0.2.1:8088', secretPlaces: ['/etc/hostname'] }),
  );
  const verdicts = Object.fromEntries(findings.map(({ title, verdict }) => [title, verdict]));
  expect(verdicts).toMatchObject({ 'SMS gateway': 'warning', limits: 'danger', 'way to ARI': 'danger', 'files with secrets': 'danger' });
  for (const { verdict, change } of findings) expect(change === undefined).toBe(verdict === 'ok');
});

test('a PBX that cannot be asked is a finding, not the end of the examination', async () => {
  const findings = await examine(options({ ami: { ...options().ami, password: 'wrong-password', deadlineMs: 2000 } }));
  expect(findings[0]).toMatchObject({ title: 'Asterisk', verdict: 'unknown' });
  expect(findings.length).toBeGreaterThan(5);
  expect(await doctorCommand(options({ databaseUrl: 'mysql://nobody:secret-word@127.0.0.1:1/hotline' }))).toBe(5);
});

test('as a command: prints every check, no secret, and exits with 0 or 5', () => {
  const environment = { ...process.env, ...hotlineEnvironment() };
  const { status, stdout } = spawnSync(process.execPath, ['src/cli.ts', 'doctor', '--security'], { env: environment, encoding: 'utf8' });
  expect([0, 5]).toContain(status);
  expect(stdout).toMatch(/\d+ checks, \d+ to be changed\n$/);
  for (const name of ['ARI_PASSWORD', 'AMI_PASSWORD', 'SMS_GATEWAY_SECRET', 'HASH_KEY']) expect(stdout).not.toContain(hotlineEnvironment()[name]);
});
