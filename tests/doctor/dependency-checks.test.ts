import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkDependencies, ownCheckout } from '../../src/doctor/dependency-checks.ts';
import { findWrong } from './shipped-pbx.ts';

test('the pinned versions of docs/security-advisories.md are the ones installed here', () => {
  const [, pinned] = checkDependencies(ownCheckout);
  expect(pinned).toMatchObject({ verdict: 'ok' });
  const table = readFileSync(join(ownCheckout, 'docs/security-advisories.md'), 'utf8');
  const rows = [
    ...table.matchAll(/^\| `([\w-]+)` .*?\| `?(?:@[\w-]+\/[\w-]+` )?([\d.]+)[^|]*\|[^|]*\|$/gm),
  ].map(([, name, version]) => `${name} ${version}`);
  const installed = pinned!.detail.split(', ').map((entry) => entry.replace(/: .*@/, ' '));
  expect(rows).toEqual(['request 4.0.1', 'uuid 11.1.1', 'ws 8.23.0', 'cookiejar 2.1.4']);
  expect(installed).toEqual(expect.arrayContaining(rows));
});

test('of the old packages under ari-client, shred and what it needs are installed and never loaded, and the pinned ones are', () => {
  const { stdout } = spawnSync(process.execPath, [join(import.meta.dirname, 'loaded-packages.ts')], {
    encoding: 'utf8',
  });
  const loaded = stdout.split('\n');
  expect(loaded).toEqual(expect.arrayContaining(['ari-client', 'swagger-client', 'request', 'uuid', 'ws']));
  for (const name of ['shred', 'cookiejar', 'ax', 'sprintf', 'iconv-lite'])
    expect(loaded).not.toContain(name);
});

describe('an installation', () => {
  const checkout = mkdtempSync(join(tmpdir(), 'hotline-packages-'));
  afterAll(() => rmSync(checkout, { recursive: true }));
  const put = (place: string, content: object) => {
    mkdirSync(join(checkout, place), { recursive: true });
    writeFileSync(join(checkout, place, 'package.json'), JSON.stringify(content));
  };
  beforeEach(() => {
    put('', {
      dependencies: { node: '24.21.0' },
      overrides: { phone: { bell: 'npm:@safe/bell@4.0.1', wire: '2.0.0' }, 'only-for-tests': '1.0.0' },
    });
    put('node_modules/phone', { name: 'phone', version: '1.0.0' });
    put('node_modules/phone/node_modules/bell', { name: '@safe/bell', version: '4.0.1' });
    put('node_modules/wire', { name: 'wire', version: '2.0.0' });
  });

  test('with every pinned package, below its parent or beside it, is fine; a package that is not installed at all is not missed', () => {
    expect(checkDependencies(checkout, '24.21.0')).toMatchObject([
      { verdict: 'ok' },
      { verdict: 'ok', detail: 'bell: @safe/bell@4.0.1, wire: wire@2.0.0' },
    ]);
  });

  test('with the old package under the pinned name, or an old version, is reported', () => {
    put('node_modules/phone/node_modules/bell', { name: 'bell', version: '4.0.1' });
    expect(checkDependencies(checkout, '24.21.0')[1]).toMatchObject({
      verdict: 'danger',
      detail: 'bell: bell@4.0.1',
    });
    put('node_modules/wire', { name: 'wire', version: '1.9.9' });
    expect(checkDependencies(checkout, '24.21.0')[1]).toMatchObject({
      detail: 'bell: bell@4.0.1, wire: wire@1.9.9',
    });
  });

  test('on an older Node than the one it brings is reported', () => {
    expect(findWrong(checkDependencies(checkout, '20.19.2'))).toEqual(['Node version']);
    expect(findWrong(checkDependencies(checkout, '24.22.0'))).toEqual([]);
  });
});
