/** What commands say while they wait, and what of it a pipe and a terminal get. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { program } from '../../src/cli.ts';
import type { HotlineCommand } from '../../src/commands/hotline-command.ts';
import { commandsOf } from '../../src/commands/named-commands.ts';
import { until } from '../support/until.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

/** Commands that are not tried below, and why. */
const others: Readonly<Record<string, string>> = {
  'hotline run': 'shows each step (src/local/progress.ts)',
  'hotline serve': 'logs what it does',
  'hotline sms-receiver': 'waits for messages, and says so',
  'hotline setup': 'says each step, and needs root on a machine of its own (tests/setup)',
  'hotline sounds': 'asks nobody, and has shown its progress from the beginning',
  'hotline call': 'prints what it hears',
  'hotline simulate': 'prints what is heard',
  'hotline completion': 'asks nobody',
};
const tried = commandsOf(program).filter(({ name }) => !(name in others));

/** Stands for a database, an Asterisk and an application that accept a connection and never answer. */
let silent: Server;
let folder: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  silent = createServer().listen(0, '127.0.0.1');
  await once(silent, 'listening');
  folder = mkdtempSync(join(tmpdir(), 'hotline-progress-'));
  writeFileSync(join(folder, 'accounts.csv'), 'bhxh_code,phone\n0123456789,0912345678\n');
});
afterAll(async () => {
  for (const one of running.splice(0)) {
    if (one.exitCode !== null || one.signalCode !== null) continue;
    const closed = once(one, 'close');
    one.kill('SIGKILL');
    await closed;
  }
  silent.close();
  rmSync(folder, { recursive: true });
});

function environment(): NodeJS.ProcessEnv {
  const port = String((silent.address() as AddressInfo).port);
  return {
    ...{
      ...process.env,
      NO_COLOR: undefined,
      FORCE_COLOR: undefined,
      CI: undefined, // Node takes a terminal of CI for one without colours
      TERM: 'xterm',
      DATABASE_URL: `mysql://hotline:word@127.0.0.1:${port}/hotline`,
    },
    ...{ DATABASE_OWNER_URL: '', ARI_URL: `http://127.0.0.1:${port}`, AMI_PORT: port, HTTP_PORT: port },
    ...{ ARI_USERNAME: 'hotline', ARI_PASSWORD: 'secret-word', SMS_GATEWAY_URL: '' },
    ...{ AMI_USERNAME: 'hotline', AMI_PASSWORD: 'secret-word' },
    ...{ HASH_KEY: '0123456789abcdef'.repeat(4), AUDIT_KEY: 'fedcba9876543210'.repeat(4) },
  };
}

/** Starts a program, and collects what it writes. */
function start(file: string, args: readonly string[], changed: NodeJS.ProcessEnv = {}) {
  const started = spawn(file, args, { cwd: folder, env: { ...environment(), ...changed } });
  running.push(started);
  const text = { out: '', err: '' };
  started.stdout.on('data', (data) => (text.out += data));
  started.stderr.on('data', (data) => (text.err += data));
  return { started, text };
}

/** The words of a command's first example. */
function wordsOf(command: HotlineCommand): string[] {
  const line = command.examples[0]!.line.replace('hotline ', '');
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, word]) => quoted ?? word!);
}

/** Runs the first example of a command until it has said what it does, or has ended. */
async function listenTo(command: HotlineCommand) {
  const { started, text } = start(process.execPath, [cli, ...wordsOf(command)]);
  started.stdin.end('0123456789\n');
  await until(
    () => text.err.includes('\n') || started.exitCode !== null || started.signalCode !== null,
    120_000,
  );
  started.kill('SIGKILL');
  return { ...text };
}

describe('when nobody answers', () => {
  const said = new Map<string, ReturnType<typeof listenTo>>();
  beforeAll(() => {
    const [few, all] = [pLimit(4), tried as { name: string; command: HotlineCommand }[]];
    for (const { name, command } of all)
      said.set(
        name,
        few(() => listenTo(command)),
      );
  });

  test.each(tried.map(({ name }) => name))(
    '%s says in a line what it is doing, without colour, and nothing to standard output',
    async (name) => {
      expect(await said.get(name)).toEqual({
        out: '',
        err: expect.stringMatching(/^[a-z][A-Za-z ]+, \d+ s\n/),
      });
      expect((await said.get(name))!.err).not.toContain('\u001B');
    },
  );
});

/** On a terminal of its own, whose keyboard is `started.stdin`. */
function onTerminal(changed: NodeJS.ProcessEnv) {
  const line = `stty cols 80 rows 24; exec '${process.execPath}' '${cli}' audit verify`;
  return start('script', ['--quiet', '--return', '--command', line, '/dev/null'], changed);
}

// eslint-disable-next-line no-control-regex -- what sets a colour
const colour = /\u001B\[[\d;]*m/;

test('on a terminal it is one line, in colour unless NO_COLOR is set', async () => {
  const [plain, coloured] = [onTerminal({ NO_COLOR: '1' }), onTerminal({})];
  const times = (text: string) => new Set(text.match(/checking the audit log, \d+ s/g));
  await until(() => [plain, coloured].every(({ text }) => times(text.out).size > 1));
  expect(plain.text.out).not.toMatch(colour);
  expect(coloured.text.out).toMatch(colour);
});

test('Ctrl-C gives the terminal back, and ends the command as it would end any', async () => {
  const { started, text } = onTerminal({});
  await until(() => text.out.includes('checking the audit log, '));
  const hidden = '\u001B[?25l';
  const shown = '\u001B[?25h';
  expect(text.out.lastIndexOf(hidden)).toBeGreaterThan(text.out.lastIndexOf(shown));
  started.stdin.write('\u0003');
  const [code] = await once(started, 'close');
  expect(code).toBe(128 + 2);
  expect(text.out.lastIndexOf(shown)).toBeGreaterThan(text.out.lastIndexOf(hidden));
});
