import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { readEnvFile } from '../../src/machine/env-file.ts';
import { runState } from '../../src/local/run-state.ts';
import {
  databaseStatements,
  ensureRunSecrets,
  ensureSecrets,
  pbxSecretFiles,
} from '../../src/local/secrets.ts';
import { newStateDirectory } from './state-directory.ts';

describe('secrets of a run state', () => {
  let folder: string;

  beforeEach(() => (folder = newStateDirectory()));
  afterEach(() => rmSync(folder, { recursive: true }));

  test('differ between checkouts and stay the same within one', () => {
    const other = newStateDirectory();
    const first = ensureSecrets(runState(folder));
    expect(ensureSecrets(runState(folder))).toEqual(first);
    const second = ensureSecrets(runState(other));
    rmSync(other, { recursive: true });
    for (const name of [
      'DATABASE_URL',
      'DATABASE_OWNER_URL',
      'HASH_KEY',
      'AUDIT_KEY',
      'ARI_PASSWORD',
      'AMI_PASSWORD',
      'SOFTPHONE_PASSWORD',
      'CONSOLE_PASSWORD',
    ] as const)
      expect(second[name]).not.toBe(first[name]);
  });

  test('that an older version lacks are added, and the others are kept', () => {
    const { env } = runState(folder);
    writeFileSync(env, 'ARI_PASSWORD=kept-from-before\n');
    ensureSecrets(runState(folder));
    const written = readEnvFile(readFileSync(env, 'utf8'), env);
    expect(written).toMatchObject({
      ARI_PASSWORD: 'kept-from-before',
      ARI_URL: 'http://127.0.0.1:8088',
      AMI_PORT: '5038',
    });
    expect(written['SOFTPHONE_PASSWORD']).toMatch(/^[\w-]{32}$/);
    for (const name of ['HASH_KEY', 'AUDIT_KEY']) expect(written[name]).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(env).mode & 0o777).toBe(0o600);
  });

  test('of make run have a login for the login page, which those of containers have not', () => {
    const state = runState(folder);
    expect(ensureSecrets(state)).not.toHaveProperty('LOGIN_DATABASE_URL');
    expect(databaseStatements(ensureSecrets(state))).not.toContain('hotline_login');
    const secrets = ensureRunSecrets(state);
    const { password } = new URL(secrets.LOGIN_DATABASE_URL);
    expect(password).toMatch(/^[\w-]{32}$/);
    expect(ensureRunSecrets(state)).toEqual(secrets);
    expect(databaseStatements(secrets)).toContain(
      `ALTER USER 'hotline_login'@'127.0.0.1' IDENTIFIED BY '${password}';`,
    );
    expect(databaseStatements(secrets)).not.toMatch(/GRANT [^;]*hotline_login/);
  });

  test('stay as somebody wrote them, with their comments, and reach Asterisk and the database whole', () => {
    const { env } = runState(folder);
    const written =
      '# of the carrier\r\nARI_PASSWORD=LongPassw#rd;1\r\nDATABASE_URL=mysql://hotline:it%27s%5C@127.0.0.1:13306/hotline\r\n';
    writeFileSync(env, written);
    const secrets = ensureSecrets(runState(folder));
    expect(secrets.ARI_PASSWORD).toBe('LongPassw#rd;1');
    expect(readFileSync(env, 'utf8').startsWith(written)).toBe(true);
    expect(ensureSecrets(runState(folder))).toEqual(secrets);
    expect(pbxSecretFiles(secrets)['ari-user.conf']).toContain('password = LongPassw#rd\\;1\n');
    expect(databaseStatements(secrets)).toContain("IDENTIFIED BY 'it\\'s\\\\';");
  });
});
