import { rmSync } from 'node:fs';
import { applicationEnvironment } from '../../src/local/application.ts';
import { runState } from '../../src/local/run-state.ts';
import { ensureRunSecrets } from '../../src/local/secrets.ts';
import { newStateDirectory } from './state-directory.ts';

describe('the environment hotline run gives to the application', () => {
  const folder = newStateDirectory();
  const state = runState(folder);
  const secrets = ensureRunSecrets(state);
  const developer = {
    PATH: '/usr/bin',
    HOME: '/root',
    NODE_OPTIONS: '--import x',
    HOTLINE_FAULT_FILE: '/tmp/fault',
    RESETS_APART_SECONDS: '0',
    LOG_LEVEL: 'debug',
    DATABASE_OWNER_URL: 'mysql://owner:secret@127.0.0.1/hotline',
    AWS_SECRET_ACCESS_KEY: 'of somebody else',
  };
  const phone = { DEVELOPER_PAGES: 'on', BROWSER_PHONE_PASSWORD: 'of-this-start' };
  const given = applicationEnvironment(state, secrets, phone, developer);

  afterAll(() => rmSync(folder, { recursive: true }));

  test('holds what it reads, and what a developer set for it', () => {
    expect(given).toMatchObject({
      DATABASE_URL: secrets.DATABASE_URL,
      HASH_KEY: secrets.HASH_KEY,
      LOGIN_DATABASE_URL: secrets.LOGIN_DATABASE_URL,
      ARI_PASSWORD: secrets.ARI_PASSWORD,
      JOURNAL_DIRECTORY: state.journal,
      NODE_COMPILE_CACHE: state.compiled,
      LOG_FORMAT: 'pretty',
      PATH: '/usr/bin',
      NODE_OPTIONS: '--import x',
      HOTLINE_FAULT_FILE: '/tmp/fault',
      RESETS_APART_SECONDS: '0',
      LOG_LEVEL: 'debug',
    });
  });

  test("holds no other secret: not the schema owner's, the softphones' or the developer's own", () => {
    expect(Object.keys(given).filter((name) => /OWNER|SOFTPHONE|HOME|AWS/.test(name))).toEqual([]);
  });
});
