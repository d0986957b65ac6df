/** The Debian package of this checkout, as tests install it: built once for all of them. */
import { execFileSync } from 'node:child_process';
import { createHash, type Hash } from 'node:crypto';
import {
  copyFileSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { takeLock } from '../../../src/local/run-lock.ts';
import { checkout, checkoutOwner, makeDirectory } from '../../../src/local/run-state.ts';

const quick = ['-Zgzip', '-z1'];
/** What no build reads. All else may be in the package. */
const unread = new Set(['.git', '.hotline', 'dist', 'node_modules', 'tests']);
const kept = join(checkout, '.hotline/deb');
const [current, later, migrating] = ['hotline.deb', 'later.deb', 'migrating.deb'].map((name) =>
  join(kept, name),
) as [string, string, string];
const digestFile = join(kept, 'digest');

/** Paths of the package. */
export interface Packages {
  readonly current: string;
  /** The same as version {@link laterVersion}. */
  readonly later: string;
  /** The same as version {@link migratingVersion}, with one migration more. */
  readonly migrating: string;
}
export const laterVersion = '0.1.1';
export const migratingVersion = '0.2.0';
/** Changes nothing that the program sees. */
const oneMore = "ALTER TABLE accounts COMMENT = 'of a later version';\n";

/**
 * Puts the package of this checkout into a folder. It is built if any file of the checkout has changed since
 * another test, or another run, built it; who wants it meanwhile waits.
 */
export async function copyPackages(folder: string): Promise<Packages> {
  makeDirectory(kept, checkoutOwner());
  const release = await takeLock(join(kept, 'lock'), { wait: true });
  try {
    buildIfChanged();
    const copy = (file: string) => {
      const path = join(folder, basename(file));
      copyFileSync(file, path);
      return path;
    };
    return { current: copy(current), later: copy(later), migrating: copy(migrating) };
  } finally {
    await release?.();
  }
}

function buildIfChanged(): void {
  let digest = digestOfCheckout();
  while (digestOfKept() !== digest) {
    for (const file of [digestFile, current, later, migrating]) rmSync(file, { force: true });
    const folder = mkdtempSync(join(tmpdir(), 'hotline-built-'));
    try {
      copyFileSync(buildPackage(folder), current);
      copyFileSync(asVersion(laterVersion, current, folder), later);
      copyFileSync(asVersion(migratingVersion, current, folder, oneMore), migrating);
    } finally {
      rmSync(folder, { recursive: true });
    }
    const before = digest;
    digest = digestOfCheckout();
    if (digest === before) writeFileSync(digestFile, digest); // else it was edited meanwhile: once more
  }
}

function digestOfKept(): string | undefined {
  try {
    return readFileSync(digestFile, 'utf8');
  } catch {
    return undefined;
  }
}

function digestOfCheckout(): string {
  const commit = execFileSync('git', ['-C', checkout, 'rev-parse', 'HEAD'], { encoding: 'utf8' }); // its time is in the package
  const how = [process.version, process.arch, commit, readFileSync(import.meta.filename, 'utf8')];
  return `${digestOf(checkout, unread)} ${createHash('sha256').update(how.join('\n')).digest('hex')}`;
}

/** Changes with the name, the contents and the mode of any file in a folder. @param left names in it that do not count */
export function digestOf(folder: string, left: ReadonlySet<string> = new Set()): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) if (!left.has(name)) add(hash, folder, name);
  return hash.digest('hex');
}

function add(hash: Hash, folder: string, name: string): void {
  const path = join(folder, name);
  const status = lstatSync(path);
  const isLink = status.isSymbolicLink();
  const contents = isLink ? readlinkSync(path) : status.isDirectory() ? '' : readFileSync(path);
  hash.update(`${path}\0${status.mode}\0${contents.length}\0`).update(contents);
  if (status.isDirectory()) for (const each of readdirSync(path).sort()) add(hash, path, each);
}

/** Builds the package with quick compression: the best takes longer than all else. @returns its path */
export function buildPackage(folder: string): string {
  const words = [join(checkout, 'tools/deb/build.ts'), '--compression', 'gzip', '--out', folder];
  return execFileSync(process.execPath, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

/** The same package as a later version. @param migration one more, as SQL @returns its path */
function asVersion(version: string, file: string, folder: string, migration?: string): string {
  const [contents, target] = [join(folder, version), join(folder, `${version}.deb`)];
  execFileSync('dpkg-deb', ['--raw-extract', file, contents]);
  const edit = (path: string, from: RegExp, to: string) =>
    writeFileSync(join(contents, path), readFileSync(join(contents, path), 'utf8').replace(from, to));
  edit('DEBIAN/control', /^Version: .*$/m, `Version: ${version}`);
  edit('usr/lib/hotline/package.json', /"version": ".*"/, `"version": "${version}"`);
  if (migration !== undefined)
    writeFileSync(
      join(contents, `usr/lib/hotline/src/mysql/schema/${nextMigration()}.do.later.sql`),
      migration,
    );
  execFileSync('dpkg-deb', ['--root-owner-group', ...quick, '--build', contents, target]);
  return target;
}

/** The number of the migration after those of this checkout: `002`. */
function nextMigration(): string {
  const numbers = readdirSync(join(checkout, 'src/mysql/schema')).map(
    (name) => Number.parseInt(name, 10) || 0,
  );
  return String(Math.max(...numbers) + 1).padStart(3, '0');
}
