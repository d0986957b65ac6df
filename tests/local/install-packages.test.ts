import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../../src/local/run-state.ts';
import { newStateDirectory } from './state-directory.ts';

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
    for (const name of ['id', 'stat', 'touch'])
      if (!existsSync(join(folder, name))) symlinkSync(`/usr/bin/${name}`, join(folder, name));
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

  test('npm ci by hand warns of no package that wants a newer Node than the machine’s', () => {
    const { stdout } = spawnSync('npm', ['config', 'get', 'loglevel'], { cwd: checkout, encoding: 'utf8' });
    expect(stdout).toBe('error\n');
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

  const putNode = ': > node_modules/.bin/node; /usr/bin/chmod +x node_modules/.bin/node';

  test('npm that may not run install scripts is named at once, with what to do', () => {
    const { status, stdout, stderr } = install({
      node: 'echo v20.1.0',
      npm: 'case $1 in config) echo true;; *) echo late;; esac',
    });
    expect(stdout + stderr).toBe(
      'npm is set to ignore-scripts=true, and the packages node and argon2 need their install scripts: run the same command again as npm_config_ignore_scripts=false make …, or npm config set ignore-scripts false.\n',
    );
    expect(status).toBe(15);
  });

  test('packages whose install scripts did not run are not taken for installed', () => {
    const { status, stderr } = install({ node: 'echo v20.1.0', npm: 'exit 0' });
    expect(stderr).toContain('npm installed the packages without running their install scripts');
    expect(status).toBe(15);
  });

  test('a registry that cannot be reached is named, unless the packages are in the cache of npm', () => {
    const npm = (offline: string) =>
      `case "$*" in ping*) echo "npm error code EAI_AGAIN" >&2; exit 1;; *registry) echo https://registry.example;; *--offline) ${offline};; ci*) echo "tried for minutes" >&2; exit 1;; esac`;
    const unreachable = install({ node: 'echo v20.1.0', npm: npm('exit 1') });
    expect(unreachable.stderr).toBe(
      'The npm packages could not be installed: npm cannot reach https://registry.example: check the network (or https_proxy), then try again.\n',
    );
    expect(unreachable.status).toBe(13);
    expect(install({ npm: npm(`/usr/bin/mkdir -p node_modules/.bin; ${putNode}`) }).status).toBe(0);
  });

  test('the exact packages of package-lock.json are installed', () => {
    const { status } = install({
      node: 'echo v20.1.0',
      npm: `echo "$1" > npm-was-asked-to; mkdir -p node_modules/.bin; ${putNode}`,
      mkdir: 'exec /usr/bin/mkdir "$@"',
    });
    expect(readFileSync(join(folder, 'npm-was-asked-to'), 'utf8')).toBe('ci\n');
    expect(status).toBe(0);
  });
});
