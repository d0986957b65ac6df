import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { runState } from '../../src/local/run-state.ts';
import { ensureSecrets } from '../../src/local/secrets.ts';
import { newStateDirectory } from './hotline-process.ts';

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
    ] as const)
      expect(second[name]).not.toBe(first[name]);
  });

  test('that an older version lacks are added, and the others are kept', () => {
    const { env } = runState(folder);
    writeFileSync(env, 'ARI_PASSWORD=kept-from-before\n');
    ensureSecrets(runState(folder));
    const written = parseEnv(readFileSync(env, 'utf8'));
    expect(written).toMatchObject({
      ARI_PASSWORD: 'kept-from-before',
      ARI_URL: 'http://127.0.0.1:8088',
      AMI_PORT: '5038',
    });
    expect(written['SOFTPHONE_PASSWORD']).toMatch(/^[\w-]{32}$/);
    for (const name of ['HASH_KEY', 'AUDIT_KEY']) expect(written[name]).toMatch(/^[0-9a-f]{64}$/);
    expect(statSync(env).mode & 0o777).toBe(0o600);
  });
});
