/** The Debian package of this checkout, as tests install it. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../../src/local/run-state.ts';

/** Builds the package without compression, which takes most of the time. @returns its path */
export function buildPackage(folder: string): string {
  const words = [join(checkout, 'tools/deb/build.ts'), '--compression', 'none', '--out', folder];
  return execFileSync(process.execPath, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  }).trim();
}

/** The same package as a later version. @returns its path */
export function asVersion(version: string, file: string, folder: string): string {
  const [contents, later] = [join(folder, 'later'), join(folder, `hotline_${version}.deb`)];
  execFileSync('dpkg-deb', ['--raw-extract', file, contents]);
  const edit = (path: string, from: RegExp, to: string) =>
    writeFileSync(join(contents, path), readFileSync(join(contents, path), 'utf8').replace(from, to));
  edit('DEBIAN/control', /^Version: .*$/m, `Version: ${version}`);
  edit('usr/lib/hotline/package.json', /"version": ".*"/, `"version": "${version}"`);
  execFileSync('dpkg-deb', ['--root-owner-group', '-Znone', '--build', contents, later]);
  return later;
}
