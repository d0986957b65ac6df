import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describeSettings } from '../../src/config.ts';

/** `hotline serve` with these settings only, whatever the run state of this checkout holds. */
function serve(settings: Record<string, string>) {
  const none = Object.fromEntries(describeSettings().map(({ name }) => [name, '']));
  return spawnSync(process.execPath, [join(import.meta.dirname, '../../src/cli.ts'), 'serve'], {
    env: { ...none, ...settings },
    encoding: 'utf8',
  });
}

test("serve with the schema owner's DATABASE_OWNER_URL in its environment does not start, and says in one sentence what to do", () => {
  const { status, stdout, stderr } = serve({
    DATABASE_OWNER_URL: 'mysql://owner:secret-pw@127.0.0.1/hotline',
  });
  expect(stdout + stderr).toMatch(
    /^hotline: DATABASE_OWNER_URL is set, .* start it without that variable, which only migrate, import and audit prune need\n$/,
  );
  expect(stderr).not.toContain('secret-pw');
  expect(status).toBe(2);
});

test('serve with LOGIN_DATABASE_URL in its environment, which is for make run, does not start, and says in one sentence what to do', () => {
  const { status, stdout, stderr } = serve({
    LOGIN_DATABASE_URL: 'mysql://login:secret-pw@127.0.0.1/hotline',
  });
  expect(stdout + stderr).toMatch(
    /^hotline: LOGIN_DATABASE_URL is set, .*: start the application without that variable, .*\n$/,
  );
  expect(stderr).not.toContain('secret-pw');
  expect(status).toBe(2);
});

test("serve asks for the settings it uses, and not for those of the schema's owner", () => {
  const { status, stderr } = serve({});
  expect(stderr.match(/\w+(?= is not set)/g)).toEqual([
    'DATABASE_URL',
    'HASH_KEY',
    'AUDIT_KEY',
    'ARI_URL',
    'ARI_USERNAME',
    'ARI_PASSWORD',
    'AMI_USERNAME',
    'AMI_PASSWORD',
  ]);
  expect(status).toBe(2);
});
