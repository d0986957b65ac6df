/** The Debian package: built twice from this checkout, and its program run where the package puts it. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runState } from '../../src/local/run-state.ts';
import { settings } from '../../src/settings.ts';
import { commandsOf, snippet } from '../support/book.ts';
import { buildPackage, copyPackages, digestOf } from '../support/machine/built-package.ts';
import { privateDebian } from '../support/machine/kept-machines.ts';
import { ensurePrivateRoot } from '../support/machine/private-root.ts';
import { asRoot } from '../support/machine/run-as-root.ts';
import { SystemdMachine } from '../support/machine/systemd-machine.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotline-package-'));
const contents = join(folder, 'contents');
const checkout = join(import.meta.dirname, '../..');
let kept: string;
let fresh: string;

/** Runs a command in Debian with the package's files in place. */
function installed(command: string): string {
  mkdirSync(join(folder, 'root'), { recursive: true });
  const script = `mount -t overlay -o lowerdir=${contents}:${runState().root} overlay ${folder}/root && chroot ${folder}/root sh -c ${JSON.stringify(command)}`;
  const [program = '', ...words] = asRoot([
    'unshare',
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
  ]);
  return execFileSync(program, words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}

function field(name: string): string {
  return execFileSync('dpkg-deb', ['--field', fresh, name], { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  await ensurePrivateRoot();
  ({ current: kept } = await copyPackages(folder));
  fresh = buildPackage(join(folder, 'fresh'));
  execFileSync('dpkg-deb', ['--extract', fresh, contents]);
}, 600_000); // packages are fetched: minutes, where others build images meanwhile
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('is the same to the byte when it is built again, so that no test installs an old one', () => {
  const [one, other] = [kept, fresh].map((file) =>
    createHash('sha256').update(readFileSync(file)).digest('hex'),
  );
  expect(other).toBe(one);
});

test.each<[change: string, make: (folder: string) => void]>([
  ['another byte in a file', (path) => writeFileSync(join(path, 'src/file'), 'other')],
  ['a new file', (path) => writeFileSync(join(path, 'src/new'), '')],
  ['another name', (path) => renameSync(join(path, 'src/file'), join(path, 'src/name'))],
  ['another mode', (path) => chmodSync(join(path, 'src/file'), 0o755)],
])('is built anew after %s', (_, change) => {
  const sources = mkdtempSync(join(folder, 'sources-'));
  mkdirSync(join(sources, 'src'));
  writeFileSync(join(sources, 'src/file'), 'bytes', { mode: 0o644 });
  const before = digestOf(sources);
  expect(digestOf(sources)).toBe(before);
  change(sources);
  expect(digestOf(sources)).not.toBe(before);
});

test('takes at most 120 MB beside its Node', () => {
  const node = readFileSync(join(contents, 'usr/lib/hotline/node_modules/node/bin/node')).length;
  expect(Number(field('Installed-Size')) * 1024 - node).toBeLessThan(120e6);
});

test('runs its program with its own Node, wherever it is called from', () => {
  expect(installed('cd / && hotline --help')).toContain('Reset a forgotten VssID password by phone');
});

test('keeps its settings in /etc, and says so', () => {
  expect(() => installed('hotline outbox')).toThrow(
    /DATABASE_URL is not set: .*\nSet it in \/etc\/hotline\/hotline\.env or in the environment/,
  );
});

test.each([
  ['run', /hotline run belongs to a checkout.*; the package joins yours: hotline setup/],
  ['sounds', /an update replaces the recordings of the package: edit a copy in \/usr\/local/],
  ['call', /--from and --code: expected the number and the code of an account of yours/],
  ['serve', /hotline serve must not run as root.*: systemctl start hotline/],
])('says what it expects instead of `hotline %s`', (command, sentence) => {
  expect(() => installed(`hotline ${command}`)).toThrow(sentence);
});

test('offers no `hotline run`, in help, manual page and completion', () => {
  expect(installed('hotline --help')).not.toMatch(/^ *run /m);
  expect(installed('zcat /usr/share/man/man1/hotline.1.gz')).not.toMatch(/hotline run\b/);
  expect(installed('cat /usr/share/bash-completion/completions/hotline')).not.toMatch(/\brun\b/);
});

test('is without errors and warnings for lintian', async () => {
  const machine = new SystemdMachine(await privateDebian('lintian', ['lintian']));
  try {
    copyFileSync(fresh, join(machine.root, 'root', basename(fresh)));
    // Spelling in binaries, which takes a sixth of the time, is never more than pedantic: not shown anyway.
    const lintian = 'lintian --allow-root --fail-on none -X binaries/spelling *.deb';
    expect(machine.inside(`cd /root && ${lintian}`)).toBe('');
  } finally {
    await machine.remove();
  }
}, 1_200_000); // minutes of work on two busy cores; lintian is fetched the first time

test('names neither this checkout nor where its npm packages came from', () => {
  const search = (text: string) =>
    installed(`grep -rlF -- '${text}' /usr/lib/hotline /usr/share/hotline || true`);
  expect(search(checkout)).toBe('');
  expect(search('"resolved": "http')).toBe('');
});

test('brings the files for the PBX, recordings and documents', () => {
  const below = (path: string) => readdirSync(join(contents, path));
  for (const name of ['grafana', 'prometheus'])
    expect(below(`usr/share/hotline/${name}`)).toEqual(readdirSync(join(checkout, 'deploy', name)));
  expect(below('usr/share/hotline/asterisk')).toEqual(readdirSync(join(checkout, 'asterisk-config')));
  expect(below('usr/share/hotline/sounds/vi')).toContain('hotline');
  expect(below('usr/share/hotline/sounds/vi')).not.toContain('recorded');
  expect(below('usr/share/doc/hotline')).toEqual(
    expect.arrayContaining(['admin.md', 'changelog.gz', 'copyright']),
  );
});

/** Steps 1 and 2 of docs/admin.md, and where each leaves its files. */
const steps = [
  ['**1. Dialplan.**', '/etc/asterisk'],
  ['**2. Recordings.**', '/usr/share/asterisk/sounds/vi'],
] as const;

test.each(steps)('copies what step %s copies by hand, and a checkout the same', (step, to) => {
  const block = snippet('admin.md', step, 'sh');
  const empty = `mount -t tmpfs none ${to.replace('/sounds/vi', '')}`;
  const copied = installed([empty, ...commandsOf(block), `cd ${to}`, listFiles].join(' && '));
  const target = mkdtempSync(join(folder, 'copied-'));
  const ofCheckout = block.replace(/^cd .*# in a checkout: /m, '').replaceAll(to, target);
  const script = `set -e\n${ofCheckout}cd ${target}\n${listFiles}`;
  expect(copied).toBe(execFileSync('sh', ['-c', script], { cwd: checkout, encoding: 'utf8' }));
  expect(readdirSync(target).length).toBeGreaterThan(1);
});

const listFiles = 'find . -type f | sort | xargs sha256sum';

test('uses recordings and words of the site, which no update replaces, instead of its own', () => {
  const site = '/usr/local/share/hotline/sounds';
  const command = `mount -t tmpfs none /usr/local && mkdir -p ${site} && cp -r /usr/share/hotline/sounds/vi ${site} && cd / && hotline sounds`;
  expect(installed(command)).toContain(`sounds in ${site}/vi, 0 new`);
});

test.each([
  [['hotline', 'audit', 's'], 'seal show'],
  [['hotline', 'dr'], 'drain'],
  [['hotline', 'audit', 'show', '--un'], '--until'],
])('completes %j in bash', (words, expected) => {
  const script = `. ${contents}/usr/share/bash-completion/completions/hotline
    COMP_WORDS=(${words.join(' ')}); COMP_CWORD=${words.length - 1}; _hotline; echo "\${COMPREPLY[@]}"`;
  expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim()).toBe(expected);
});

test('rotates a log that systemd has opened, in a folder that is root’s', () => {
  const unit = readFileSync(join(contents, 'usr/lib/systemd/system/hotline.service'), 'utf8');
  const [, log] = /^StandardOutput=append:(.*)$/m.exec(unit)!;
  const rotated = readFileSync(join(contents, 'etc/logrotate.d/hotline'), 'utf8');
  expect(log).toBe('/var/log/hotline/hotline.log');
  expect(rotated).toMatch(/^\/var\/log\/hotline\/\*\.log \{/);
  // Else systemd gives the folder to the application's user, and logrotate refuses to work in it as root.
  expect(unit).not.toContain('LogsDirectory');
});

test('is restarted for ever, with a pause, after its calls have ended, and leaves no core', () => {
  const unit = readFileSync(join(contents, 'usr/lib/systemd/system/hotline.service'), 'utf8');
  const value = (name: string) => new RegExp(`^${name}=(.*)$`, 'm').exec(unit)?.[1];
  expect(['Restart', 'StartLimitIntervalSec', 'LimitCORE'].map(value)).toEqual(['always', '0', '0']);
  expect(Number(value('RestartSec'))).toBeGreaterThan(0);
  expect(Number(value('TimeoutStopSec'))).toBeGreaterThan(Number(settings.DRAIN_SECONDS.default));
});

/** All commands that `--help` lists, at every level: `pbx`, `pbx status`. */
function commandsInHelp(group = ''): string[] {
  const [, list = ''] = installed(`hotline ${group} --help`).split('Commands:\n');
  const names = [...list.matchAll(/^ {2}([a-z][a-z-]*)/gm)].map(([, name = '']) => name);
  const commands = names.filter((name) => name !== 'help').map((name) => `${group} ${name}`.trim());
  return commands.flatMap((name) => [name, ...(group === '' ? commandsInHelp(name) : [])]);
}

test('has a manual page that names every command', () => {
  const page = installed('zcat /usr/share/man/man1/hotline.1.gz');
  const commands = commandsInHelp();
  const groups = commands.filter((name) => commands.some((other) => other.startsWith(`${name} `)));
  expect(groups).toContain('audit');
  const missing = commands.filter(
    (name) => !groups.includes(name) && !page.includes(`.SS hotline ${name.replaceAll('-', '\\-')} `),
  );
  expect(missing).toEqual([]);
  expect(commands.length).toBeGreaterThan(20);
});
