import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { shippedLimits } from '../src/accounts/limits.ts';
import {
  ConfigError,
  describeSettings,
  readSettings,
  readSettingsFile,
  refuseLogin,
  refuseOwner,
  type SettingName,
} from '../src/config.ts';
import { limitsOf, serveSettings } from '../src/serve-settings.ts';

const enough = {
  DATABASE_URL: 'mysql://hotline:secret@127.0.0.1:13306/hotline',
  HASH_KEY: '0123456789abcdef'.repeat(4),
  AUDIT_KEY: 'fedcba9876543210'.repeat(4),
  ARI_URL: 'http://127.0.0.1:8088',
  ARI_USERNAME: 'hotline',
  ARI_PASSWORD: 'long-enough',
  AMI_USERNAME: 'hotline',
  AMI_PASSWORD: 'long-enough',
};
const readServeSettings = (environment: Record<string, string>) => readSettings(serveSettings, environment);

test('with the required settings alone, everything else is as shipped', () => {
  expect(readServeSettings(enough)).toMatchObject({
    BHXH_CODE_LENGTHS: [10],
    PASSWORD_LENGTH: 8,
    PASSWORD_VALID_MINUTES: 10,
    FIRST_DIGIT_TIMEOUT_MS: 7000,
    LOG_FORMAT: 'json',
  });
});

test.each(['ARI_CA_FILE', 'SMS_GATEWAY_CA_FILE'] as const)(
  '%s must name a file of certificates that can be read',
  (name) => {
    const read = (file: string) => readServeSettings({ ...enough, [name]: file })[name];
    const refusal = `${name} has a value that is not allowed: expected a file of certificates (PEM)`;
    for (const file of ['/nonexistent/ca.pem', import.meta.dirname, import.meta.filename])
      expect(() => read(file)).toThrow(refusal);
    expect(read('')).toBeUndefined();
  },
);

test('each setting of a limit across calls sets that limit and no other; unset, the shipped limits apply', () => {
  expect(limitsOf(readServeSettings(enough))).toEqual(shippedLimits);
  const set = {
    MISMATCHES_PER_PHONE_HOUR: '11',
    MISMATCHES_PER_PHONE_DAY: '12',
    MISMATCHES_PER_CODE_DAY: '13',
    RESETS_PER_ACCOUNT_DAY: '14',
    RESETS_APART_SECONDS: '15',
  };
  expect(limitsOf(readServeSettings({ ...enough, ...set, CALLS_PER_PHONE: '16' }))).toEqual({
    mismatchesPerPhoneHour: 11,
    mismatchesPerPhoneDay: 12,
    mismatchesPerCodeDay: 13,
    resetsPerAccountDay: 14,
    resetsApartMs: 15_000,
    callsPerPhone: 16,
  });
});

test('every missing setting is named at once', () => {
  expect(() => readServeSettings({})).toThrow(
    /DATABASE_URL is not set[^]*ARI_URL is not set[^]*ARI_PASSWORD is not set/,
  );
});

test.each([
  ['PASSWORD_LENGTH', '5', '6 to 12'],
  ['PASSWORD_LENGTH', 'eight', '6 to 12'],
  ['BHXH_CODE_LENGTHS', '11', '10, 12 or 10,12'],
  ['PASSWORD_VALID_MINUTES', '15', '0 (no expiry), 5, 10, 30, 60 or 1440'],
  ['DATABASE_URL', 'postgres://x/y', 'mysql://user:password@host:port/database'],
  ['HASH_KEY', 'too-short', '64 lower-case hexadecimal digits'],
  ['AUDIT_KEY', 'too-short', '64 lower-case hexadecimal digits'],
  ['NODE_NAME', 'no spaces', "letters, digits, _ . -; hostname: this machine's own name"],
  [
    'DATABASE_OWNER_URL',
    'postgres://x/y',
    'mysql://user:password@host:port/database, or empty (DATABASE_URL serves for everything)',
  ],
  ['HTTP_PORT', '70000', '1 to 65535'],
  ['ARI_URL', 'asterisk', 'http://host:port or https://host:port'],
])(
  '%s=%s is refused with its name and what is allowed, and the value stays secret',
  (name, value, allowed) => {
    const read = () => readSettings([name as SettingName], { ...enough, [name]: value });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(`${name} has a value that is not allowed: expected ${allowed}`);
    expect(problemOf(read)).not.toContain(value);
  },
);

test('a command reads only the settings it names', () => {
  expect(readSettings(['DATABASE_URL'], { DATABASE_URL: enough.DATABASE_URL })).toEqual({
    DATABASE_URL: enough.DATABASE_URL,
  });
});

test.each([undefined, ''])('the application starts where DATABASE_OWNER_URL is %j', (url) => {
  expect(() => refuseOwner({ ...enough, DATABASE_OWNER_URL: url })).not.toThrow();
});

test("the application refuses to start with the owner's DATABASE_OWNER_URL in its environment, and the value stays secret", () => {
  const start = () =>
    refuseOwner({ ...enough, DATABASE_OWNER_URL: 'mysql://owner:secret-pw@127.0.0.1/hotline' });
  expect(start).toThrow(ConfigError);
  expect(problemOf(start)).toMatch(/^DATABASE_OWNER_URL is set, .*: start it without that variable/);
  expect(problemOf(start)).not.toContain('secret-pw');
});

test.each([
  ['a production application', {}, false],
  ['one with DEVELOPER_PAGES switched off', { DEVELOPER_PAGES: 'off' }, false],
  ['the package, whatever it sets', { DEVELOPER_PAGES: 'on' }, true],
])(
  '%s refuses to start with LOGIN_DATABASE_URL in its environment, and the value stays secret',
  (_, settings, installed) => {
    const start = () =>
      refuseLogin(
        { ...settings, LOGIN_DATABASE_URL: 'mysql://login:secret-pw@127.0.0.1/hotline' },
        installed,
      );
    expect(start).toThrow(ConfigError);
    expect(problemOf(start)).toMatch(
      /^LOGIN_DATABASE_URL is set, .*: start the application without that variable/,
    );
    expect(problemOf(start)).not.toContain('secret-pw');
  },
);

test('the application starts with LOGIN_DATABASE_URL where make run serves the login page, and anywhere without', () => {
  const developing = { DEVELOPER_PAGES: 'on', LOGIN_DATABASE_URL: 'mysql://login:pw@127.0.0.1/hotline' };
  expect(() => refuseLogin(developing, false)).not.toThrow();
  for (const url of [undefined, ''])
    expect(() => refuseLogin({ LOGIN_DATABASE_URL: url }, true)).not.toThrow();
});

test('a file of settings that is there and cannot be read is no file without settings', () => {
  expect(readSettingsFile('/nonexistent/env')).toEqual({});
  const folder = mkdtempSync(join(tmpdir(), 'hotline-env-'));
  const [loop, nowhere, pipe] = ['loop', 'nowhere', 'pipe'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  symlinkSync(loop, loop);
  symlinkSync('/nonexistent/env', nowhere);
  spawnSync('mkfifo', [pipe]);
  for (const [file, why] of [
    [folder, 'is not a file: expected one'],
    [pipe, 'is not a file: expected one'],
    [loop, 'cannot be read (ELOOP): expected a file'],
    [nowhere, 'is a broken link: expected a file'],
  ])
    expect(() => readSettingsFile(file!)).toThrow(`${file} ${why} with a NAME=value a line`);
  rmSync(folder, { recursive: true });
});

test('each setting says what it means and what is allowed, for the tables in docs/settings.md', () => {
  for (const { name, allowed, meaning } of describeSettings()) {
    expect(name).toMatch(/^[A-Z_]+$/);
    expect(allowed.length).toBeGreaterThan(3);
    expect(meaning.length).toBeGreaterThan(5);
  }
});

function problemOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    return (error as Error).message;
  }
  return '';
}
