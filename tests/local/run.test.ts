import { execFile, type PromiseWithChild } from 'node:child_process';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { readEnvFile } from '../../src/machine/env-file.ts';
import { runState } from '../../src/local/run-state.ts';
import { freshCheckout } from './fresh-checkout.ts';
import { HotlineProcess } from './hotline-process.ts';
import { newStateDirectory } from './state-directory.ts';
import { ensurePrivateRoot } from '../support/machine/private-root.ts';
import { until } from '../support/until.ts';

const asterisk = /^\/usr\/sbin\/asterisk/;
const mariadb = /^\/usr\/sbin\/mariadbd/;
const application = /cli\.ts serve/;

/** A hotline that `make run` has started, in a copy of the checkout, on the copy's own `.hotline/`. */
let fresh: HotlineProcess;
let copy: string;
let freshState: string;
/** It takes half a minute, so it goes on beside the other tests. */
let call: PromiseWithChild<{ stdout: string }>;

beforeAll(async () => {
  await ensurePrivateRoot();
  copy = freshCheckout();
  freshState = join(copy, '.hotline');
  fresh = new HotlineProcess({ command: ['make', '-C', copy, 'run'] });
  await fresh.waitFor(/hotline ready/);
  call = promisify(execFile)('nsenter', ['--target', String(fresh.pid), '--net', 'make', '-C', copy, 'call']);
  call.catch(() => undefined); // looked at by the last tests
});

afterAll(async () => {
  call?.child.kill(); // still talking, if a test failed before
  await fresh?.remove(dirname(copy));
});

const freshLogs = () =>
  readdirSync(join(freshState, 'logs')).map((name) => readFileSync(join(freshState, 'logs', name), 'utf8'));

describe('make run, in a checkout that was never started, below a folder that only its owner may enter,', () => {
  test('starts PBX, database and application, none of them as root, and none leaves a core file', async () => {
    for (const [name, commandLine] of [
      ['asterisk', asterisk],
      ['mysql', mariadb],
      ['application', application],
    ] as const) {
      const [pid, ...others] = await fresh.processes(commandLine);
      expect(others).toEqual([]);
      expect([name, statSync(`/proc/${pid}`).uid]).not.toEqual([name, 0]);
      expect(readFileSync(`/proc/${pid}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /m);
    }
  });

  test("makes secrets that only the checkout's owner reads, and writes none of them to a log or command line", async () => {
    expect(statSync(join(freshState, 'env')).mode & 0o777).toBe(0o600);
    expect(statSync(freshState).mode & 0o777).toBe(0o700);
    expect(statSync(join(freshState, 'asterisk/secrets')).mode & 0o777).toBe(0o750);
    const secrets = Object.entries(readEnvFile(readFileSync(join(freshState, 'env'), 'utf8'), 'env'));
    const commandLines = (await fresh.processes()).map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    const visible = [...freshLogs(), ...commandLines, fresh.output].join('\n');
    const passwords = secrets.filter(([name]) => name.endsWith('PASSWORD')).map(([, value]) => value ?? '');
    for (const name of ['DATABASE_URL', 'LOGIN_DATABASE_URL'])
      passwords.push(new URL(String(Object.fromEntries(secrets)[name])).password);
    expect(passwords).toHaveLength(6);
    for (const password of passwords) {
      expect(password).toHaveLength(32);
      expect(visible).not.toContain(password);
    }
  });
});

describe('hotline run', () => {
  let state: string;
  let hotline: HotlineProcess;

  beforeEach(() => {
    state = newStateDirectory();
    hotline = new HotlineProcess({ state });
  });

  afterEach(() => hotline.remove(state), 30_000);

  const ready = () => hotline.waitFor(/hotline ready/);
  const mountsOnThisMachine = () =>
    readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => line.includes(state) || line.includes(runState().root));

  test('refuses a second start in the same checkout with one sentence, and keeps running', async () => {
    await ready();
    const second = new HotlineProcess({ state });
    expect(await second.ended).toBe(10);
    expect(second.output).toBe(
      `hotline: This checkout's hotline already runs (process ${hotline.pid}): stop it first, with Ctrl-C in its terminal.\n`,
    );
    expect(await hotline.processes(asterisk)).toHaveLength(1);
  }, 60_000);

  test.each([
    ['PBX', asterisk],
    ['database', mariadb],
    ['application', application],
  ])(
    'brings the %s back after kill -9',
    async (name, commandLine) => {
      await ready();
      const [killed] = await hotline.processes(commandLine);
      process.kill(killed ?? 0, 'SIGKILL');
      await hotline.waitFor(new RegExp(`The ${name} is back`));
      const [back] = await hotline.processes(commandLine);
      expect(back).toBeGreaterThan(0);
      expect(back).not.toBe(killed);
    },
    60_000,
  );

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends everything it started when it gets %s, and mounts nothing the machine sees',
    async (signal) => {
      await ready();
      expect(mountsOnThisMachine()).toEqual([]);
      hotline.signal(signal, { group: signal === 'SIGINT' }); // a terminal's Ctrl-C reaches the whole group
      expect(await hotline.ended).toBe(0);
      expect(await hotline.processes()).toEqual([]);
      expect(readFileSync(join(state, 'logs/mariadb.log'), 'utf8')).toContain('Shutdown complete');
      expect(readFileSync(join(state, 'logs/asterisk.log'), 'utf8')).toContain('Asterisk cleanly ending');
    },
    60_000,
  );

  test('leaves no process when it is killed with kill -9, and starts again with the same secrets', async () => {
    await ready();
    const env = readFileSync(join(state, 'env'), 'utf8');
    hotline.signal('SIGKILL');
    expect(await hotline.ended).toBe('SIGKILL');
    await until(async () => (await hotline.processes()).length === 0);
    hotline = new HotlineProcess({ state });
    await ready();
    expect(readFileSync(join(state, 'env'), 'utf8')).toBe(env);
    await hotline.waitFor(/Log in +http:\/\/127\.0\.0\.1:8080\/login /);
    await hotline.waitFor(/Console +http:.*\/ user admin, password CONSOLE_PASSWORD in /);
  }, 60_000);
});

describe('the hotline that make run has started meanwhile', () => {
  test('gives the caller of make call a password', async () => {
    const { stdout } = await call.catch((error: { stdout: string }) => error); // which says what was heard
    expect(stdout).toMatch(/The new password is \d{8}: heard twice, both times the same\./);
  });

  test('ends with all its processes on Ctrl-C in the terminal of make', async () => {
    fresh.signal('SIGINT', { group: true });
    await fresh.ended;
    expect(await fresh.processes()).toEqual([]);
    for (const word of ['Shutdown complete', 'Asterisk cleanly ending'])
      expect(freshLogs().join('\n')).toContain(word);
  });
});
