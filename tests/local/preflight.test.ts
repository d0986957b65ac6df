import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSafeAsterisk } from '../../src/local/debian-root.ts';
import { requirePrivate, requireReadableByOthers } from '../../src/local/preflight.ts';
import { newStateDirectory } from './state-directory.ts';

test.each([
  ['22.10.1', true],
  ['22.11.0', true],
  ['23.0.0', true],
  ['22.10.0', false],
  ['22.9.2', false],
  ['20.99.9', false],
  ['22.10', false],
  ['unknown', false],
])('Asterisk %s: accepted is %s', (version, accepted) => expect(isSafeAsterisk(version)).toBe(accepted));

describe('files that Asterisk reads as a user of its own', () => {
  let folder: string;

  beforeEach(() => {
    folder = newStateDirectory();
    mkdirSync(join(folder, 'digits'), { mode: 0o755 });
    writeFileSync(join(folder, 'digits/0.alaw'), '');
    chmodSync(folder, 0o755);
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  test('all readable: no error', () => expect(() => requireReadableByOthers(folder)).not.toThrow());

  test.each([
    ['digits/0.alaw', 0o640],
    ['digits', 0o750],
  ])('cloned under a strict umask: the first unreadable one is named (%s)', (name, mode) => {
    chmodSync(join(folder, name), mode);
    expect(() => requireReadableByOthers(folder)).toThrow(
      `${join(folder, name)} cannot be read by other users, and Asterisk runs as one: chmod -R o+rX ${folder}, then try again.`,
    );
  });
});

test.each([0o640, 0o604, 0o620])(
  'a file of secrets that others may read or change (mode %o) stops the start',
  (mode) => {
    const folder = newStateDirectory();
    const file = join(folder, 'env');
    expect(() => requirePrivate(file)).not.toThrow(); // there is none yet
    writeFileSync(file, '');
    chmodSync(file, 0o600);
    expect(() => requirePrivate(file)).not.toThrow();
    chmodSync(file, mode);
    expect(() => requirePrivate(file)).toThrow(
      /can be read or changed by other users, so its secrets may be known: remove it/,
    );
    rmSync(folder, { recursive: true });
  },
);
