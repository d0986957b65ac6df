import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { inCheckout } from '../../src/local/enter-checkout.ts';
import { checkout } from '../../src/local/run-state.ts';
import { HotlineProcess } from './hotline-process.ts';
import { newStateDirectory } from './state-directory.ts';
import { inPrivateMounts } from '../support/machine/private-mounts.ts';
import { until } from '../support/until.ts';

/** Programs of the test that stand in for those of the machine, as shell scripts. */
function programs(folder: string, scripts: Record<string, string>): string {
  mkdirSync(folder);
  for (const [name, script] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return folder;
}

/** The hotline in a mount namespace where `folder` is a small or read-only file system of its own. */
const withFileSystem = (folder: string, options: string) => (command: readonly string[]) =>
  inPrivateMounts(`mount -t tmpfs -o ${options} test ${folder}`, command);

const asNobody = (folder: string, command: readonly string[]) =>
  inCheckout({ uid: 65_534, gid: 65_534 }, [folder], command);

describe('what keeps hotline run from starting', () => {
  let folder: string;
  let state: string;
  let root: string;
  let hotline: HotlineProcess | undefined;

  beforeEach(() => {
    folder = newStateDirectory();
    state = join(folder, 'state');
    root = join(folder, 'root');
  });

  afterEach(() => hotline?.remove(folder), 30_000);

  /** Starts it and waits for its end. */
  const start = async (options: Partial<ConstructorParameters<typeof HotlineProcess>[0]> = {}) => {
    hotline = new HotlineProcess({ state, root, ...options });
    const exitCode = await hotline.ended;
    return { exitCode, output: hotline.output };
  };

  /** With a stand-in for mmdebstrap; its last argument is the folder to build. */
  const startBuilding = (mmdebstrap: string) =>
    start({
      programs: programs(join(folder, 'programs'), {
        mmdebstrap: `for target; do :; done; mkdir -p "$target"; ${mmdebstrap}`,
      }),
    });

  const nothingBuilt = () =>
    expect(readdirSync(folder).filter((name) => name.startsWith('root') && !name.endsWith('.lock'))).toEqual(
      [],
    );

  test('a disk without enough space is named before anything is changed', async () => {
    const { exitCode, output } = await start({ around: withFileSystem(folder, 'size=50m') });
    expect(output).toBe(
      `hotline: ${folder} has 52 MB free and the private Debian root needs 900 MB: free some space there, then try again.\n`,
    );
    expect(exitCode).toBe(14);
  }, 20_000);

  test.each([
    'dpkg: error processing archive: cannot copy extracted data: No space left on device',
    "E: You don't have enough free space in /var/cache/apt/archives/.",
  ])(
    'a disk that fills up while building is named, and the half-built root is removed (%s)',
    async (words) => {
      const { exitCode, output } = await startBuilding(`echo "${words}" >&2; exit 1`);
      expect(output).toContain(
        `hotline: The disk became full while building the private Debian root in ${folder}: free some space there, then try again.\n`,
      );
      expect(exitCode).toBe(14);
      nothingBuilt();
    },
    20_000,
  );

  test('a disk too full even for the log is still named', async () => {
    const fill =
      'for target; do :; done; mkdir -p "$target"; head -c 1000M /dev/zero > "$target/file"; for line in $(seq 2000); do echo "line $line"; done; exit 1';
    const elsewhere = newStateDirectory();
    const { exitCode, output } = await start({
      programs: programs(join(elsewhere, 'programs'), { mmdebstrap: fill }),
      around: withFileSystem(folder, 'size=960m'),
    });
    rmSync(elsewhere, { recursive: true });
    expect(output).toContain(
      `hotline: The disk became full while building the private Debian root in ${folder}: free some space there, then try again.\n`,
    );
    expect(exitCode).toBe(14);
  }, 20_000);

  test('without a network it says so, and the half-built root is removed', async () => {
    const { exitCode, output } = await start();
    expect(output).toContain(
      "hotline: Debian's packages could not be fetched from deb.debian.org: check the network (or http_proxy), then try again; details are in",
    );
    expect(exitCode).toBe(13);
    expect(readFileSync(join(state, 'logs/debian.log'), 'utf8')).toContain('deb.debian.org');
    nothingBuilt();
  }, 60_000);

  test('an Asterisk with known holes is refused, and the root with it removed', async () => {
    const { exitCode, output } = await startBuilding(
      'mkdir -p "$target/var/lib/dpkg" "$target/etc"; printf "Package: asterisk\\nStatus: install ok installed\\nVersion: 1:22.10.0+dfsg-1\\n" > "$target/var/lib/dpkg/status"',
    );
    expect(output).toContain(
      'hotline: Debian forky offers Asterisk 22.10.0, and the hotline needs 22.10.1 or later, which closes two security holes in ARI.\n',
    );
    expect(exitCode).toBe(15);
    nothingBuilt();
  }, 20_000);

  test('an expired mirror is used after all, and the output says so', async () => {
    const { output } = await startBuilding(
      'case "$*" in *Check-Valid-Until*) echo "E: No space left on device";; *) echo "E: Release file for http://deb.debian.org/x is expired (invalid since 16d).";; esac; exit 1',
    );
    expect(output).toContain(
      "Debian's mirror is past the date until which its package lists are valid. Trying again without that check; signatures are still checked.",
    );
    expect(output).toContain('The disk became full');
  }, 20_000);

  test('Ctrl-C while building ends the build and removes what it made', async () => {
    hotline = new HotlineProcess({
      state,
      root,
      programs: programs(join(folder, 'programs'), {
        mmdebstrap: `mkdir ${root}.partial; exec sleep infinity`,
      }),
    });
    await until(() => existsSync(`${root}.partial`));
    hotline.signal('SIGINT', { group: true });
    expect(await hotline.ended).toBe(0);
    expect(await hotline.processes()).toEqual([]);
    nothingBuilt();
  }, 20_000);

  test('a folder that cannot be written to is named, and nothing is left in it', async () => {
    const { exitCode, output } = await start({ around: withFileSystem(folder, 'ro') });
    expect(output).toBe(
      `hotline: ${folder} cannot be written to: the hotline keeps its run state in ${state}; give it a folder on a writable file system.\n`,
    );
    expect(exitCode).toBe(12);
  }, 20_000);

  test.each(['640', '604'])(
    'secrets that others may read (mode %s of .hotline/env) stop the start, and the file is named',
    async (mode) => {
      mkdirSync(state);
      const env = join(state, 'env');
      writeFileSync(env, 'ARI_PASSWORD=a-secret-of-the-test\n');
      chmodSync(env, mode);
      const { exitCode, output } = await start();
      expect(output).toBe(
        `hotline: ${env} can be read or changed by other users, so its secrets may be known: remove it to have new ones made, then try again.\n`,
      );
      expect(exitCode).toBe(12);
      expect(readFileSync(env, 'utf8')).toBe('ARI_PASSWORD=a-secret-of-the-test\n');
      expect((statSync(env).mode & 0o777).toString(8)).toBe(mode);
      nothingBuilt();
    },
    20_000,
  );

  test('the application does not start either if others may read its settings', () => {
    mkdirSync(state);
    writeFileSync(join(state, 'env'), 'ARI_PASSWORD=a-secret-of-the-test\n');
    chmodSync(join(state, 'env'), 0o644);
    mkdirSync(join(checkout, '.hotline'), { recursive: true });
    const serve = [process.execPath, join(checkout, 'src/cli.ts'), 'serve'];
    const [program = '', ...words] = inPrivateMounts(`mount --bind ${state} ${checkout}/.hotline`, serve);
    const { status, stdout, stderr } = spawnSync(program, words, { encoding: 'utf8' });
    const file = join(checkout, '.hotline/env');
    expect(stdout + stderr).toBe(
      `hotline: ${file} can be read or changed by other users, so its secrets may be known: put new ones into it and give it mode 0600\n`,
    );
    expect(status).toBe(2);
  });

  test('a user who is not root and has no sudo is told what is needed', async () => {
    chmodSync(folder, 0o755);
    const { exitCode, output } = await start({
      around: (command) => asNobody(folder, ['env', 'PATH=/nonexistent', ...command]),
    });
    expect(output).toBe(
      'hotline: The private PBX and database need root to be built and started: run this as root, or install sudo. Without either, ./hotline simulate places the same call in your terminal.\n',
    );
    expect(exitCode).toBe(12);
    expect(existsSync(state)).toBe(false);
  }, 20_000);

  test('a user who is not root and has sudo gets the same command again under sudo', async () => {
    chmodSync(folder, 0o755);
    const sudo = programs(join(folder, 'programs'), { sudo: 'echo "$@"; exit 7' });
    const { exitCode, output } = await start({
      programs: sudo,
      around: (command) => asNobody(folder, command),
    });
    expect(output).toContain('starting again with sudo.\n');
    expect(output).toContain(`-- ${process.execPath} `);
    expect(output).toContain(`src/cli.ts run --state ${state} --root ${root}\n`);
    expect(exitCode).toBe(7);
  }, 20_000);

  test('a machine without apt is told what kind of machine is needed', async () => {
    const { exitCode, output } = await start({
      around: (command) => inPrivateMounts('mount -o bind /dev/null /usr/bin/apt-get', command),
    });
    expect(output).toBe(
      'hotline: apt-get (Debian) was not found on this machine: the hotline needs Debian 12 or later.\n',
    );
    expect(exitCode).toBe(15);
    expect(existsSync(state)).toBe(false);
  }, 20_000);

  test('the Debian packages to be installed on this machine are named first', async () => {
    const aptGet =
      'case "$*" in *--simulate*) echo "Inst perl (5.36)"; echo "Inst mmdebstrap (1.3)";; *) exit 100;; esac';
    const { exitCode, output } = await start({
      programs: programs(join(folder, 'programs'), { 'apt-get': aptGet }),
      around: (command) => inPrivateMounts('mount -o bind /dev/null "$(command -v mmdebstrap)"', command),
    });
    expect(output).toMatch(
      /^Debian packages to be installed on this machine: perl mmdebstrap\n {2}Installing them with apt-get …\n/,
    );
    expect(output).toContain(
      "hotline: Debian's package lists could not be fetched (apt-get update): check the network, then try again;",
    );
    expect(exitCode).toBe(13);
  }, 20_000);

  test.each([
    ['SIP', 'udp', 5060],
    ['SIP', 'tcp', 5060],
    ["Asterisk's ARI", 'tcp', 8088],
    ["Asterisk's manager interface", 'tcp', 5038],
    ['the database', 'tcp', 13306],
    ["the application's pages", 'tcp', 8080],
  ])(
    'a port in use is named with its purpose (%s, %s %d) and its holder',
    async (need, protocol, port) => {
      const holder =
        protocol === 'tcp'
          ? `require('net').createServer().listen(${port}, '0.0.0.0', ready)`
          : `require('dgram').createSocket('udp4').bind(${port}, '0.0.0.0', ready)`;
      const script = `const ready = () => require('child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit' }).on('close', (code) => process.exit(code)); ${holder}`;
      const { exitCode, output } = await start({
        around: (command) => [process.execPath, '-e', script, '--', ...command],
      });
      expect(output).toMatch(
        new RegExp(
          `^hotline: Port ${port} \\(${protocol.toUpperCase()}\\) on 127.0.0.1, needed for ${need}, is in use by \\S+ \\(process \\d+\\): end that program(?:, or choose another port with HTTP_PORT)?, then try again.\n$`,
        ),
      );
      expect(exitCode).toBe(11);
      expect(existsSync(state)).toBe(false);
    },
    20_000,
  );

  test('the hotline of another checkout is named, and how to stop it', async () => {
    const other = join(folder, 'other/.hotline/root');
    mkdirSync(other, { recursive: true });
    const script = `
      const cwd = process.cwd();
      process.chdir(${JSON.stringify(other)});
      const run = () => require('child_process').spawn(process.argv[1], process.argv.slice(2), { stdio: 'inherit', cwd }).on('close', (code) => process.exit(code));
      require('dgram').createSocket('udp4').bind(5060, '0.0.0.0', run);`;
    const { exitCode, output } = await start({
      around: (command) => [process.execPath, '-e', script, '--', ...command],
    });
    expect(output).toBe(
      `hotline: Port 5060 (UDP) on 127.0.0.1, needed for SIP, is in use by the hotline of ${join(folder, 'other')}: stop it first, with Ctrl-C in its terminal, then try again.\n`,
    );
    expect(exitCode).toBe(11);
  }, 20_000);

  test('a port outside the allowed range is a wrong setting', async () => {
    const { exitCode, output } = await start({ around: (command) => ['env', 'HTTP_PORT=99999', ...command] });
    expect(output).toContain('HTTP_PORT has a value that is not allowed: expected 1 to 65535');
    expect(exitCode).toBe(2);
    rmSync(state, { recursive: true, force: true });
  }, 20_000);
});
