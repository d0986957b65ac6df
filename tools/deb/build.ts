/**
 * `make deb`: builds dist/hotline_<version>_<architecture>.deb: the program with its npm packages and its Node,
 * the unit, the files for the PBX, recordings, documents. Nothing is downloaded when it is installed.
 *
 *     node tools/deb/build.ts [--out folder] [--compression xz|gzip]
 *
 * Two builds of one commit are the same to the byte: times are those of the commit (SOURCE_DATE_EPOCH),
 * owners root, and the npm packages those of package-lock.json.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  type Dirent,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { constants, gzipSync } from 'node:zlib';
import type * as Cli from '../../src/cli.ts';
import { completionScript } from '../../src/commands/completion-script.ts';
import { copyrightOf } from './copyright.ts';
import { manPage } from './man-page.ts';

const checkout = join(import.meta.dirname, '../..');
const files = join(import.meta.dirname, 'files');
const lib = 'usr/lib/hotline';
const share = 'usr/share/hotline';
const doc = 'usr/share/doc/hotline';
/** Of an npm package, what nothing reads at run time. `.bin` leads to our Node. */
const unread =
  /\.(map|ts|cts|mts|md|markdown|html|css|gyp|cpp|cc|h|hpp)$|^(test|tests|docs|examples?|\.(?!bin$).*)$/;

/** All that is executable. */
const scripts = ['postinst', 'prerm', 'postrm'].map((name) => `DEBIAN/${name}`);
const programs = ['usr/bin/hotline', `${lib}/node_modules/node/bin/node`, ...scripts];

const maintainer = 'Hotline engineers <hotline@packages.example.org>';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string', default: join(checkout, 'dist') },
    compression: { type: 'string', default: 'xz' },
  },
});

const { version } = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as { version: string };
const architecture = textOf('dpkg', '--print-architecture');
const epoch = process.env['SOURCE_DATE_EPOCH'] ?? textOf('git', '-C', checkout, 'log', '-1', '--format=%ct');
const day = new Date(Number(epoch) * 1000);
const stage = mkdtempSync(join(tmpdir(), 'hotline-deb-'));
try {
  chmodSync(stage, 0o755);
  installProgram();
  installShared();
  await installSystemFiles();
  installDocuments();
  writeControl();
  process.stdout.write(`${pack()}\n`);
} finally {
  rmSync(stage, { recursive: true, force: true });
}

function textOf(command: string, ...words: readonly string[]): string {
  return execFileSync(command, words, { encoding: 'utf8' }).trim();
}

/** Runs a command whose output nobody needs unless it fails. */
function run(command: string, words: readonly string[], cwd: string): void {
  const env = { ...process.env, SOURCE_DATE_EPOCH: epoch };
  const { status, stdout, stderr } = spawnSync(command, words, { cwd, env, encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`${command} ${words.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

function say(what: string): void {
  process.stderr.write(`  ${what} …\n`);
}

function put(path: string, text: string | Buffer): void {
  const target = join(stage, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

function installProgram(): void {
  say('Fetching the npm packages of package-lock.json');
  const target = join(stage, lib);
  mkdirSync(target, { recursive: true });
  for (const file of ['package.json', 'package-lock.json'])
    copyFileSync(join(checkout, file), join(target, file));
  run('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund'], target);
  for (const left of [
    'package-lock.json',
    'node_modules/.package-lock.json',
    'node_modules/node/node_modules',
    'node_modules/node-addon-api', // for compiling argon2's addon, which comes compiled
  ])
    rmSync(join(target, left), { recursive: true, force: true });
  put(`${doc}/copyright`, copyrightOf(join(target, 'node_modules'), day.getUTCFullYear()));
  removeUnread(join(target, 'node_modules'));
  keepPrebuilt(join(target, 'node_modules/argon2/prebuilds'));
  // The scripts are those of `make`.
  const filter = (path: string) => !path.endsWith('.sh');
  cpSync(join(checkout, 'src'), join(target, 'src'), { recursive: true, filter });
  const cli = join(target, 'src/cli.ts');
  writeFileSync(cli, readFileSync(cli, 'utf8').replace(/^#!.*/, '')); // /usr/bin/hotline starts it
}

function removeUnread(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const isUnread = unread.test(entry.name) && !/^LICEN[CS]E/i.test(entry.name);
    if (isUnread || isProgram(entry, path)) rmSync(path, { recursive: true });
    else if (entry.isDirectory()) removeUnread(path);
  }
}

/** What npm packages bring for a shell, and links to it: nobody has these in PATH, and some ask for a Node that is. */
function isProgram(entry: Dirent, path: string): boolean {
  if (entry.isSymbolicLink()) return entry.name !== 'node';
  return entry.isFile() && readFileSync(path).subarray(0, 2).toString() === '#!';
}

/** argon2 brings its addon for every system. */
function keepPrebuilt(folder: string): void {
  const own = `${process.platform}-${process.arch}`;
  for (const name of readdirSync(folder)) if (name !== own) rmSync(join(folder, name), { recursive: true });
}

function installShared(): void {
  cpSync(join(checkout, 'asterisk-config'), join(stage, share, 'asterisk'), { recursive: true });
  cpSync(join(checkout, 'deploy'), join(stage, share), { recursive: true }); // grafana/, prometheus/
  cpSync(join(checkout, 'sounds/vi'), join(stage, share, 'sounds/vi'), {
    recursive: true,
    filter: (path) => !/\/recorded(\/|$)/.test(relative(checkout, path)),
  });
  symlinkSync('../../share/hotline/sounds', join(stage, lib, 'sounds'));
  for (const name of ['hotline.env', 'owner.env']) put(`${share}/${name}`, readFileSync(join(files, name)));
}

async function installSystemFiles(): Promise<void> {
  const from = (name: string) => readFileSync(join(files, name));
  put('usr/bin/hotline', from('hotline'));
  put('usr/lib/systemd/system/hotline.service', from('hotline.service'));
  put('usr/lib/sysusers.d/hotline.conf', from('hotline.sysusers'));
  put('etc/logrotate.d/hotline', from('hotline.logrotate'));
  put('usr/share/lintian/overrides/hotline', from('hotline.lintian-overrides'));
  // As it will be installed: it knows what it is by where it stands.
  const { program } = (await import(join(stage, lib, 'src/cli.ts'))) as typeof Cli;
  put('usr/share/bash-completion/completions/hotline', completionScript(program, 'bash'));
  put('usr/share/man/man1/hotline.1.gz', zipped(manPage(program, version, day.toISOString().slice(0, 10))));
}

function installDocuments(): void {
  for (const name of readdirSync(join(checkout, 'docs')).filter((each) => each.endsWith('.md')))
    put(`${doc}/${name}`, readFileSync(join(checkout, 'docs', name)));
  put(`${doc}/changelog.gz`, zipped(changelog()));
}

function changelog(): string {
  const date = day.toUTCString().replace('GMT', '+0000');
  return `hotline (${version}) unstable; urgency=medium\n\n  * Built from the repository; its history says what changed.\n\n -- ${maintainer}  ${date}\n`;
}

/** As gzip -9n: without name and time. */
function zipped(text: string): Buffer {
  return gzipSync(text, { level: constants.Z_BEST_COMPRESSION });
}

function writeControl(): void {
  for (const script of scripts) put(script, readFileSync(join(files, basename(script))));
  put('DEBIAN/templates', readFileSync(join(files, 'templates')));
  put('DEBIAN/conffiles', '/etc/logrotate.d/hotline\n');
  const paths = filesBelow(stage).filter((path) => !path.startsWith('DEBIAN/'));
  const bytes = paths.reduce((sum, path) => sum + statSync(join(stage, path)).size, 0);
  put('DEBIAN/md5sums', paths.map((path) => `${md5Of(path)}  ${path}\n`).join(''));
  put('DEBIAN/control', control(Math.ceil(bytes / 1024)));
}

function control(kilobytes: number): string {
  return `Package: hotline
Version: ${version}
Architecture: ${architecture}
Maintainer: ${maintainer}
Installed-Size: ${kilobytes}
Depends: debconf (>= 0.5) | debconf-2.0, libc6 (>= 2.28), libgcc-s1, libstdc++6 (>= 8), systemd
Recommends: logrotate, curl, iproute2, procps, sox
Suggests: asterisk (>= 1:22.10.1~), mariadb-server | default-mysql-server
Section: comm
Priority: optional
Description: reset a forgotten VssID password by phone
 A voice application for Asterisk, over ARI: a citizen calls, keys the code of
 their social insurance, and hears a new password. Caller number and code are
 checked in MySQL or MariaDB; every call stands in an audit log that can be
 verified. Brings its own Node.
`;
}

/** Regular files, relative to `folder`, in the order of their names; not those that a link leads to. */
function filesBelow(folder: string): string[] {
  const walk = (path: string): string[] =>
    readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
      const below = join(path, entry.name);
      return entry.isDirectory() ? walk(below) : entry.isFile() ? [relative(folder, below)] : [];
    });
  return walk(folder).sort();
}

function md5Of(path: string): string {
  return createHash('md5')
    .update(readFileSync(join(stage, path)))
    .digest('hex');
}

/** @returns the package's path */
function pack(): string {
  say('Packing');
  run('chmod', ['-R', 'u=rw,go=r,a+X', stage], stage); // X: folders
  for (const path of programs) chmodSync(join(stage, path), 0o755);
  mkdirSync(options.out, { recursive: true });
  const target = join(options.out, `hotline_${version}_${architecture}.deb`);
  const level = options.compression === 'gzip' ? ['-z1'] : []; // gzip is for a quick build, of tests
  const words = ['--root-owner-group', `-Z${options.compression}`, ...level, '--build', stage, target];
  run('dpkg-deb', words, stage);
  return target;
}
