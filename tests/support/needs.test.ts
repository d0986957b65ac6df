/** What `make test only=…` sets up. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { freshCheckout } from '../local/fresh-checkout.ts';
import { needsOf } from './needs.ts';

test.each([
  ['rules', 'tests/accounts/password.test.ts', []],
  ['documents', 'tests/docs/documents.test.ts', []],
  ['the shipped recordings', 'tests/recordings/sounds.test.ts', []],
  ['making recordings', 'tests/recordings/make-sounds.test.ts', ['sound', 'voice']],
  ['alert rules', 'tests/deploy/rules.test.ts', ['promtool']],
  ['databases', 'tests/mysql/outbox.test.ts', ['engine']],
  ['a start of the hotline', 'tests/local/run.test.ts', ['network', 'pbx']],
  ['real calls', 'tests/e2e/calls.test.ts', ['network', 'pbx']],
  ['softphones', 'tests/e2e/phones.test.ts', ['network', 'pbx', 'softphones', 'sound']],
])('tests of %s need of the machine what they use', (_, file, needs) => {
  expect([...needsOf(file)].sort()).toEqual(needs);
});

test('make test only= a file of rules installs and builds nothing, and runs it', () => {
  const copy = freshCheckout();
  const programs = join(copy, 'programs');
  const traces = join(copy, 'traces');
  mkdirSync(programs);
  rmSync(join(copy, '.hotline'), { recursive: true });
  // Of the machine's programs it finds these only, and each that would set something up leaves a trace.
  for (const name of ['make', 'sh', 'nice']) symlinkSync(join('/usr/bin', name), join(programs, name));
  for (const name of ['apt-get', 'dpkg', 'sudo', 'unshare', 'mmdebstrap', 'docker', 'dockerd', 'ip', 'sox']) {
    writeFileSync(join(programs, name), `#!/bin/sh\necho ${name} "$@" >>${traces}\nexit 1\n`);
    chmodSync(join(programs, name), 0o755);
  }
  try {
    const { status, stdout } = spawnSync('make', ['-C', copy, 'test', 'only=recordings/pronunciations'], {
      env: { PATH: programs, HOME: process.env['HOME'] },
      encoding: 'utf8',
    });
    expect({ status, last: stdout.trim().split('\n').at(-2) }).toEqual({
      status: 0,
      last: '4 passed, 0 failed, 0 skipped',
    });
    expect(existsSync(traces)).toBe(false);
    expect(existsSync(join(copy, '.hotline/root'))).toBe(false);
  } finally {
    rmSync(dirname(copy), { recursive: true });
  }
});
