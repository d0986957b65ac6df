/** `hotline simulate` as a process: what it prints, with what it ends, and the terminal it is keyed in. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { freshCheckout } from '../local/fresh-checkout.ts';
import { documentedNames, namesIn } from '../support/documented-names.ts';
import { until } from '../support/until.ts';

const checkout = join(import.meta.dirname, '../..');
const cli = join(checkout, 'src/cli.ts');
const running: ChildProcess[] = [];
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-simulate-'));
});
afterAll(async () => {
  for (const one of running) {
    if (one.exitCode !== null || one.signalCode !== null) continue;
    const closed = once(one, 'close');
    one.kill('SIGKILL');
    await closed;
  }
  rmSync(folder, { recursive: true });
});

function simulate(args: readonly string[], { input = '', env = {}, program = cli } = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, 'simulate', ...args], {
    ...{ input, encoding: 'utf8', env: { ...process.env, ...env } },
  });
  return { status, stdout, stderr };
}

/** The words of every line, without times. */
const linesOf = (text: string) => text.split('\n').map((line) => line.replace(/^\d\d:\d\d\.\d {2}/, ''));

test('a scripted call is printed line by line, with the password digit by digit, and what came of it', () => {
  const { status, stdout, stderr } = simulate(['--keys', '8 0123456789']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const lines = linesOf(stdout);
  expect(lines[0]).toMatch(/^heard {2}hotline\/menu {2}«Kính chào quý khách\..*» {2}\(\d\.\d s\)$/);
  expect(lines).toEqual(
    expect.arrayContaining(['keyed  8', 'keyed  0123456789', 'ended  the hotline hung up']),
  );
  const [first, second, ...more] = lines.filter((line) => line.startsWith('heard  digits'));
  expect(first).toMatch(/^heard {2}digits {2}\d \d \d · \d \d \d · \d \d$/);
  expect([second, more]).toEqual([first, []]);
  const password = first!.replaceAll(/\D/g, '');
  expect(lines).toContain(`password  ${password} opens the account, which is simulated, and nothing else`);
  expect(lines).toContain('outcome   changed: heard, then stored; branch reset, number asserted');
  expect(lines).toContain('reset     activated');
  expect(stdout).toMatch(/^length {4}\d\d\.\d s, 1,000 VND$/m);
  expect(lines.filter((line) => /^holds .*I\d: /.test(line))).toHaveLength(7);
  expect(stdout).not.toContain('\u001B');
});

test('keys that were never pressed are told, and one for a prompt that is none is refused', () => {
  const left = simulate(['--keys', '9 changed:h 1']);
  expect(left.stderr).toBe('never pressed: changed:h 1 (the call had ended, or that prompt was not said)\n');
  expect(left.status).toBe(0);
  const refused = simulate(['--keys', '8 chnged:h']);
  expect({ status: refused.status, stdout: refused.stdout }).toEqual({ status: 2, stdout: '' });
  expect(refused.stderr).toContain('there is no prompt "chnged" (their names: sounds/vi/prompts.yaml)');
});

test('keys come from standard input, where there is no terminal; settings count', () => {
  const { status, stdout } = simulate([], { input: '8\n0123456789\n', env: { PASSWORD_LENGTH: '6' } });
  expect(status).toBe(0);
  expect(stdout).toMatch(/heard {2}digits {2}\d \d \d · \d \d \d\n/);
  expect(stdout).toContain('reset     activated');
});

test('a caller without keys, and without a number, hears why nothing can be reset', () => {
  const { status, stdout } = simulate(['--withheld', '--branch', 'reset']);
  expect(status).toBe(0);
  expect(linesOf(stdout)[0]).toContain('heard  hotline/no-identity');
  expect(stdout).toContain('number withheld');
});

test.each([['8 9999999999 8888888888 7777777777'], ['8 0123456789 password-intro:,,,h']])(
  'a caller who keys %j is told of no change, and none was made',
  (keys) => {
    const { status, stdout } = simulate(['--keys', keys]);
    expect(status).toBe(0);
    expect(stdout).not.toContain('heard  hotline/changed');
    expect(stdout).toContain('password  none was heard to its end; the old one holds');
  },
);

test('the same seed prints the same, byte for byte, in trouble too; another prints something else', () => {
  const [one, two, three] = ['1', '1', '8'].map((seed) => simulate(['--seed', seed, '--faults']));
  expect(one).toMatchObject({ status: 0, stdout: expect.stringContaining('trouble  ') });
  expect(two).toEqual(one);
  expect(three!.stdout).not.toBe(one!.stdout);
});

test('a scripted call is repeated by the seed that it prints, to the digit of its password', () => {
  const args = ['--keys', '8 0123456789'];
  const first = simulate(args);
  const [, seed = ''] = /^seed {6}(\d+)$/m.exec(first.stdout) ?? [];
  expect(simulate([...args, '--seed', seed])).toEqual(first);
  expect(first.stdout).toContain('keyed  0123456789');
});

test('--json is one document, whose names are those of docs/commands.md', () => {
  const reports = [
    ['--keys', '8 0123456789'],
    ['--seed', '1', '--faults'],
  ].map((args) => {
    const { status, stdout } = simulate([...args, '--json']);
    expect(status).toBe(0);
    return JSON.parse(stdout) as Record<string, unknown>;
  });
  const [scripted, seeded] = reports;
  expect(scripted).toMatchObject({
    ...{
      seed: expect.any(Number),
      from: '+84***5678',
      branch: 'reset',
      verdict: 'asserted',
      outcome: 'changed',
    },
    ...{
      reset: 'activated',
      toldChanged: true,
      password: expect.stringMatching(/^\d{8}$/),
      endedBy: 'hotline',
    },
    ...{ vnd: 1000, kept: true },
  });
  expect(seeded).toMatchObject({ seed: 1, kept: true });
  expect(new Set(reports.flatMap((report) => [...namesIn(report)]))).toEqual(documentedNames.get('simulate'));
});

test.each([
  [['--keys', '8 x'], 'keys: "x" cannot be read: expected keys 0 to 9, * and #'],
  [['--seed', 'x'], '--seed: expected a whole number, 0 to 999999999'],
  [['--from', 'me'], '--from: expected a phone number of 3 to 15 digits'],
  [
    ['--branch', 'none'],
    '--branch: there is no branch of this name: expected one of src/hotline/branches: reset',
  ],
  [['--sound'], '--sound: expected a terminal'],
  [['--sound', '--virtual'], "hotline: option '--sound' cannot be used with option '--virtual'"],
])('%j is wrong usage, and says what was expected', (args, message) => {
  expect(simulate(args)).toEqual({ status: 2, stdout: '', stderr: expect.stringContaining(message) });
});

test('a branch that breaks a promise ends the command with 1, and the promise is named', () => {
  const copy = freshCheckout();
  try {
    writeFileSync(
      join(copy, 'src/hotline/branches/liar.ts'),
      `import { defineBranch } from '../branch.ts';
import { endings } from '../ending.ts';
export const branch = defineBranch({
  prompts: [],
  async serve(call) {
    await call.say('changed');
    return endings.served();
  },
});
`,
    );
    const { status, stdout } = simulate(['--branch', 'liar'], { program: join(copy, 'src/cli.ts') });
    expect(status).toBe(1);
    expect(stdout).toContain(
      'BROKEN    I1: who is told "changed" can log in with the password that was heard\n',
    );
    expect(stdout).toContain('served: to the end of the branch; branch liar');
  } finally {
    rmSync(dirname(copy), { recursive: true });
  }
});

/** On a terminal of its own, whose keyboard is `started.stdin`; then prints how the terminal was left. */
function onTerminal(args: string, env: NodeJS.ProcessEnv = {}) {
  const line = `'${process.execPath}' '${cli}' simulate ${args}; echo "ended with $?"; stty -a`;
  const started = spawn('script', ['--quiet', '--command', line, '/dev/null'], {
    env: { ...process.env, NO_COLOR: undefined, ...env },
  });
  running.push(started);
  const text = { out: '' };
  started.stdout.on('data', (data) => (text.out += String(data)));
  const closed = once(started, 'close');
  return { text, press: (keys: string) => void started.stdin.write(keys), closed };
}
const hears = (text: { out: string }, words: string) => until(() => text.out.includes(words));

describe('in a terminal', () => {
  test('a person chooses who calls, keys during the announcements, hears the password digit by digit and hangs up by Ctrl-C', async () => {
    const { text, press, closed } = onTerminal('');
    await hears(text, 'somebody who withholds the number');
    press('2');
    await hears(text, 'heard  hotline/menu');
    press('8');
    await hears(text, 'heard  hotline/enter-code-10');
    press('7912345678');
    await until(() => /heard {2}digits {2}\d \d/.test(text.out));
    expect(text.out).not.toMatch(/digits {2}\d \d \d · \d \d \d · \d \d/);
    press('\u0003');
    await closed;
    const time = (line: string) => Number(new RegExp(`00:(\\d\\d\\.\\d) {2}${line}`).exec(text.out)![1]);
    expect(time('keyed {2}8')).toBeLessThan(8); // the menu takes longer
    expect(time('heard {2}digits')).toBeGreaterThan(time('keyed {2}7') + 3); // in real time
    expect(text.out).toContain('ended  the caller hung up');
    expect(text.out).toContain('reset     voided');
    expect(text.out).toContain('ended with 0');
    expect(text.out).not.toContain('\u001B');
    expect(text.out).toMatch(/[^-]icanon/);
    expect(text.out).toMatch(/[^-]echo\b/);
  });

  test('Ctrl-C at the question ends the command as it would end any, and gives the terminal back', async () => {
    const { text, press, closed } = onTerminal('');
    await hears(text, 'Who calls? Press 1 to 4; Enter is 1.');
    press('\u0003');
    await closed;
    expect(text.out).toContain('ended with 130');
    expect(text.out).toMatch(/[^-]icanon/);
  });

  test('--virtual takes no key and no time', async () => {
    const { text, closed } = onTerminal("--virtual --keys '8 0123456789'");
    await closed;
    expect(text.out).toContain('reset     activated');
  });

  test('--sound without a program that plays says what to install, and calls nobody', async () => {
    const { text, closed } = onTerminal('--sound --from 0912345678', { PATH: folderWith({}) });
    await closed;
    expect(text.out).toContain('apt-get install alsa-utils');
    expect(text.out).toContain('ended with 1');
    expect(text.out).not.toContain('heard');
  });

  test('--sound hands the recording to the player, which is stopped when a key cuts it off', async () => {
    const [played, ended] = [join(folder, 'played'), join(folder, 'ended')];
    for (const file of [played, ended]) writeFileSync(file, '');
    const aplay = `trap 'echo cut >> ${ended}; exit 1' TERM
[ "$1" = --version ] && exit
exec 3<&0; cat <&3 > ${played} & wait`;
    const { text, press, closed } = onTerminal('--sound --from 0912345678', { PATH: folderWith({ aplay }) });
    await hears(text, 'heard  hotline/menu');
    const menu = readFileSync(join(checkout, 'sounds/vi/hotline/menu.sln16'));
    await until(() => readFileSync(played).equals(menu));
    press('8');
    await until(() => readFileSync(ended, 'utf8').startsWith('cut\n'));
    press('h');
    await closed;
    expect(text.out).toContain('ended  the caller hung up');
  });

  test('a player that cannot play is said to fail once, and the call goes on', async () => {
    const aplay = '[ "$1" = --version ] && exit\necho "no such device" >&2; exit 1';
    const { text, press, closed } = onTerminal('--sound --from 0912345678', { PATH: folderWith({ aplay }) });
    await hears(text, 'aplay cannot play: no such device');
    press('8');
    await hears(text, 'heard  hotline/enter-code-10');
    press('h');
    await closed;
    expect(text.out.match(/cannot play/g)).toHaveLength(1);
  });
});

/** A folder for PATH with what a terminal needs, and these scripts. */
function folderWith(scripts: Readonly<Record<string, string>>): string {
  const path = mkdtempSync(join(folder, 'path-'));
  const needed = Object.fromEntries(
    ['sh', 'stty', 'cat', 'script'].map((name) => [name, `exec /usr/bin/${name} "$@"`]),
  );
  for (const [name, text] of Object.entries({ ...needed, ...scripts })) {
    writeFileSync(join(path, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(path, name), 0o755);
  }
  return path;
}
