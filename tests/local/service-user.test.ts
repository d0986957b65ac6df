import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inCheckout } from '../../src/local/enter-checkout.ts';
import { serviceUser } from '../../src/local/service-user.ts';
import { freshCheckout } from './fresh-checkout.ts';

/** What a program of the checkout prints as the service's user. */
function printed(script: string, folders: readonly string[] = []): string {
  const [program = '', ...words] = inCheckout(serviceUser(), folders, [process.execPath, '-e', script]);
  return execFileSync(program, words, { encoding: 'utf8' }).trim();
}

describe('a service of the checkout', () => {
  let state: string;

  beforeEach(() => {
    state = mkdtempSync(join(tmpdir(), 'run-state-')); // which only we may enter
    writeFileSync(join(state, 'env'), 'HASH_KEY=of-the-owner\n', { mode: 0o600 });
    mkdirSync(join(state, 'journal'));
    chownSync(join(state, 'journal'), serviceUser().uid, serviceUser().gid);
  });
  afterEach(() => rmSync(state, { recursive: true }));

  test('is not root, and of a run state sees its own folder, which it may write, and nothing else', () => {
    const journal = join(state, 'journal');
    const script = `const fs = require('fs'); fs.writeFileSync(${JSON.stringify(join(journal, 'note'))}, ''); console.log(JSON.stringify([process.getuid() === 0, fs.readdirSync(${JSON.stringify(state)}), fs.readdirSync(${JSON.stringify(journal)})]))`;
    expect(JSON.parse(printed(script, [journal]))).toEqual([false, ['journal'], ['note']]);
  });

  test('starts with what its environment gives it, since it cannot read the secrets of a run state', () => {
    const config = JSON.stringify(join(import.meta.dirname, '../../src/config.ts'));
    const file = JSON.stringify(join(state, 'env'));
    expect(
      printed(
        `import(${config}).then(({ readSettingsFile }) => console.log(readSettingsFile(${file}).HASH_KEY ?? 'none'))`,
      ),
    ).toBe('none');
  });
});

test('in an open checkout it is not stopped by a run state that it may not enter', () => {
  const copy = freshCheckout();
  try {
    chmodSync(dirname(copy), 0o755);
    chmodSync(join(copy, '.hotline'), 0o700);
    writeFileSync(join(copy, '.hotline/env'), 'SMS_GATEWAY_SECRET=of-the-owner\n', { mode: 0o600 });
    const command = [process.execPath, join(copy, 'src/cli.ts'), 'sms-receiver'];
    const [program = '', ...words] = inCheckout(serviceUser(), [], command);
    const { stderr } = spawnSync(program, words, { encoding: 'utf8', env: { PATH: process.env['PATH'] } });
    expect(stderr).toMatch(/^hotline: SMS_GATEWAY_SECRET is not set: /);
    // A person who runs it is told why nothing is set.
    const outbox = [join(copy, 'src/cli.ts'), 'outbox'];
    const byHand = spawnSync(process.execPath, outbox, { encoding: 'utf8', ...serviceUser() });
    expect(byHand.stderr).toMatch(
      /^hotline: \S+\/env cannot be read by this user, and the environment does not set DATABASE_URL: run the command as .*\n$/,
    );
    // systemd has read it for its service.
    const env = { ...process.env, NOTIFY_SOCKET: '/run/none' };
    const asService = spawnSync(process.execPath, outbox, { encoding: 'utf8', env, ...serviceUser() });
    expect(asService.stderr).toMatch(/make run, which writes \S+\/env, or set it in the environment/);
  } finally {
    rmSync(dirname(copy), { recursive: true });
  }
});

test.each(['src/cli.ts', 'examples/phone/settings.ts'])(
  '%s, where others may not read it, stops the start with one sentence, and nothing runs as root',
  (file) => {
    const copy = freshCheckout();
    try {
      chmodSync(join(copy, file), 0o600);
      const script = `import(${JSON.stringify(join(copy, 'src/local/service-user.ts'))}).then(({ serviceUser }) => serviceUser()).catch(({ message }) => console.log(message))`;
      const { stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
      expect(stdout).toBe(
        `The files in ${copy} cannot be read by other users, and the application runs as one, never as root: chmod -R o+rX ${copy}/src ${copy}/examples ${copy}/node_modules ${copy}/package.json, then try again.\n`,
      );
    } finally {
      rmSync(dirname(copy), { recursive: true });
    }
  },
);
