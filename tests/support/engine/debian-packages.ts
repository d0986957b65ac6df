/** Installs Debian packages that the tests need, after naming each. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asRoot, mayBecomeRoot } from '../machine/run-as-root.ts';

/** The packages cannot be installed; the message says why. */
export class NotInstalled extends Error {
  override readonly name = 'NotInstalled';
}

/** Prints one line about what is being done. */
export type Say = (line: string) => void;

/**
 * Installs the packages without those that they only recommend. `say` gets every name first.
 *
 * @throws NotInstalled if this is not Debian, we are not root, or apt fails
 */
export function installPackages(packages: readonly string[], say: Say): void {
  if (spawnSync('apt-get', ['--version']).status !== 0)
    throw new NotInstalled(`this is not Debian: install ${packages.join(' and ')} yourself`);
  if (!mayBecomeRoot())
    throw new NotInstalled(`${packages.join(' and ')} can only be installed by root or with sudo`);
  let names = namesToInstall(packages);
  if (names === undefined) {
    updateLists(say);
    names = namesToInstall(packages) ?? [...packages];
  }
  say(`Installing Debian packages: ${names.join(', ')}`);
  const failure = apt(['install', '--yes', '--no-install-recommends', ...packages]);
  if (failure !== undefined) {
    updateLists(say); // an old list names versions that the mirror has dropped
    const again = apt(['install', '--yes', '--no-install-recommends', ...packages]);
    if (again !== undefined) throw new NotInstalled(`apt-get install ${packages.join(' ')} failed: ${again}`);
  }
}

/**
 * Unpacks one package into a folder, and installs nothing.
 *
 * @throws NotInstalled if apt cannot bring it
 */
export function unpackPackage(name: string, folder: string, say: Say): void {
  const place = mkdtempSync(join(tmpdir(), 'hotline-package-'));
  const download = () =>
    spawnSync('apt-get', ['download', name], { cwd: place, encoding: 'utf8' }).status === 0;
  try {
    say(`Unpacking the Debian package ${name} into ${folder}; nothing of it is installed`);
    if (!download()) {
      updateLists(say);
      if (!download()) throw new NotInstalled(`apt-get download ${name} failed`);
    }
    const [archive = ''] = readdirSync(place);
    const { status, stderr } = spawnSync('dpkg-deb', ['--extract', join(place, archive), folder], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new NotInstalled(`dpkg-deb --extract ${archive} failed: ${stderr}`);
  } finally {
    rmSync(place, { recursive: true });
  }
}

function namesToInstall(packages: readonly string[]): string[] | undefined {
  const plan = spawnSync('apt-get', ['install', '--simulate', '--no-install-recommends', ...packages], {
    encoding: 'utf8',
  });
  if (plan.status !== 0) return undefined;
  return [...plan.stdout.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name!);
}

function updateLists(say: Say): void {
  const failure = apt(['update']);
  if (failure === undefined || !/not valid|expired/i.test(failure)) return;
  say("The Debian mirror's Release file is past its date; reading it without that check.");
  apt(['update', '-o', 'Acquire::Check-Valid-Until=false']);
}

/** Runs apt-get. Returns its error lines; undefined if it succeeded. */
function apt(words: string[]): string | undefined {
  const [command, ...rest] = asRoot(['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', ...words]);
  const { status, stdout, stderr } = spawnSync(command!, rest, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors = (stdout + stderr).split('\n').filter((line) => /^[EW]:/.test(line));
  return status === 0 && !errors.some((line) => line.startsWith('E:'))
    ? undefined
    : errors.join(' ') || `it ended with ${status}`;
}
