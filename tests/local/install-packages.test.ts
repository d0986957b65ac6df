import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';
import { newStateDirectory } from './hotline-process.ts';

describe('what make does before anything else', () => {
  let folder: string;

  beforeEach(() => (folder = newStateDirectory()));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Runs the script on a machine that has only these programs. */
  const install = (programs: Record<string, string>) => {
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    for (const name of ['id', 'stat', 'touch']) symlinkSync(`/usr/bin/${name}`, join(folder, name));
    return spawnSync('/bin/sh', [join(checkout, 'src/local/install-packages.sh')], {
      cwd: folder,
      env: { PATH: folder },
      encoding: 'utf8',
    });
  };

  test('a machine without Node is told what to install', () => {
    const { status, stderr } = install({});
    expect(stderr).toBe(
      'node was not found: the hotline needs Node 20 or later with npm (Debian 13: apt-get install nodejs npm; Debian 12: nodejs.org).\n',
    );
    expect(status).toBe(15);
  });

  test('a machine without npm is told so', () => {
    const { status, stderr } = install({ node: 'echo v20.1.0' });
    expect(stderr).toBe('npm was not found: it comes with Node (Debian: apt-get install npm).\n');
    expect(status).toBe(15);
  });

  test('a Node that is too old is named with its version and place', () => {
    const { status, stderr } = install({ node: 'echo v18.20.4', npm: 'exit 0' });
    expect(stderr).toBe(
      `Node v18.20.4 is too old: the hotline needs Node 20 or later (found at ${join(folder, 'node')}).\n`,
    );
    expect(status).toBe(15);
  });

  test('packages that cannot be fetched stop the start', () => {
    const { status, stderr } = install({ node: 'echo v20.1.0', npm: 'echo "npm error network" >&2; exit 1' });
    expect(stderr).toBe(
      'npm error network\nThe npm packages could not be installed: npm says why above (most often there is no network).\n',
    );
    expect(status).toBe(13);
  });

  test('the exact packages of package-lock.json are installed', () => {
    const { status } = install({
      node: 'echo v20.1.0',
      npm: 'echo "$1" > npm-was-asked-to; mkdir -p node_modules',
      mkdir: 'exec /usr/bin/mkdir "$@"',
    });
    expect(readFileSync(join(folder, 'npm-was-asked-to'), 'utf8')).toBe('ci\n');
    expect(status).toBe(0);
  });
});
