/** `hotline user`, as a process of its own, with standard input and on a terminal. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { PasswordChecks } from '../../src/accounts/password-checks.ts';
import { auditKey } from '../support/engine/audited-calls.ts';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';
import { until } from '../support/until.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');
const password = 'bốn con mèo ngồi';

describeWithRegistry('mariadb', 'hotline user', (database) => {
  beforeEach(() => database.owner.clear());

  const environment = () => ({
    ...process.env,
    DATABASE_URL: database.applicationUrl,
    AUDIT_KEY: auditKey,
    NODE_NAME: 'pbx-hanoi-1',
    SUDO_USER: 'minh', // who called sudo did it, whatever account that leads to
  });
  async function run(words: string, input = '') {
    const program = spawn(process.execPath, [cli, 'user', ...words.split(' ')], { env: environment() });
    program.stdin.end(input);
    const [out, err] = await Promise.all([
      text(program.stdout),
      text(program.stderr),
      once(program, 'close'),
    ]);
    return { code: program.exitCode, out, err };
  }
  const hashOf = async (name: string) =>
    (
      await database.owner.rows<{ hash: string }>(
        'SELECT password_hash AS hash FROM console_users WHERE name = ?',
        [name],
      )
    )[0]?.hash;
  const isPassword = async (name: string, given: string) =>
    new PasswordChecks().verify((await hashOf(name)) ?? null, given);
  const acts = async () =>
    (await database.owner.rows('SELECT by_user AS who, reason FROM audit_log ORDER BY id')).map(
      ({ who, reason }) => `${String(who)}: ${String(reason)}`,
    );

  test('adds a user with the password on standard input, lists them, and notes who did it', async () => {
    expect(await run('list')).toEqual({
      code: 0,
      out: 'no console user yet: hotline user add NAME --role admin\n',
      err: '',
    });
    expect(await run('add lan --role officer', `${password}\r\n`)).toEqual({
      code: 0,
      out: 'added: lan, officer\n',
      err: '',
    });
    expect(await isPassword('lan', password)).toBe(true);
    expect(await run('list')).toEqual({
      code: 0,
      out: expect.stringMatching(/^lan {2}officer {2}never signed in +0 open sessions\n$/),
      err: '',
    });
    expect(await acts()).toEqual(['cli:minh: user added: lan (officer)']);
  });

  test('lists users for programs, without their hashes', async () => {
    await run('add lan --role officer', `${password}\n`);
    const { out } = await run('list --json');
    const at = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(JSON.parse(out)).toEqual({
      users: [
        {
          ...{ name: 'lan', role: 'officer', createdAt: at, passwordChangedAt: at },
          ...{ lastSignInAt: null, disabledAt: null, openSessions: 0 },
        },
      ],
    });
  });

  test('disables, enables, gives another role and another password', async () => {
    await run('add lan --role officer', `${password}\n`);
    expect(await run('role lan admin')).toMatchObject({ code: 0, out: 'changed: lan is admin now\n' });
    expect(await run('disable lan')).toMatchObject({
      code: 0,
      out: 'disabled: lan, whose sessions have ended\n',
    });
    expect((await run('list')).out).toMatch(
      /^lan {2}admin {4}never signed in +disabled \d{4}-\d\d-\d\d .* \+07:00\n$/,
    );
    expect(await run('enable lan')).toMatchObject({
      code: 0,
      out: 'enabled: lan, with the password as it was\n',
    });
    expect(await run('password lan', ' ba con mèo đứng \n')).toMatchObject({
      code: 0,
      out: expect.stringContaining('changed: the password of lan'),
    });
    expect(await isPassword('lan', ' ba con mèo đứng ')).toBe(true);
    expect((await acts()).map((act) => act.replace(/^.*?: /, ''))).toEqual([
      'user added: lan (officer)',
      'user changed: lan (admin)',
      'user disabled: lan',
      'user enabled: lan',
      'password set: lan',
    ]);
  });

  test.each([
    ['add Lan --role admin', '', 2, 'hotline: The name cannot be used: expected 2 to 32 small letters'],
    ['add lan --role king', '', 2, "argument 'king' is invalid. Allowed choices are viewer, officer, admin."],
    ['add lan', '', 2, "required option '--role <role>' not specified"],
    ['add lan --role admin', '', 2, 'hotline: Password: nothing on standard input'],
    [
      'add lan --role admin',
      'ngắn quá\n',
      2,
      'hotline: The password is too short: expected at least 12 characters; nothing was changed',
    ],
    ['add lan --role admin', 'Lan@pbx-hanoi-2026\n', 2, 'hotline: The password is one that is guessed first'],
    ['password hoa', '', 1, 'hotline: No user has the name hoa: nothing was changed'],
    ['disable hoa', '', 1, 'hotline: No user has the name hoa: nothing was changed'],
    ['enable hoa', '', 1, 'hotline: No user has the name hoa: nothing was changed'],
    ['role hoa admin', '', 1, 'hotline: No user has the name hoa: nothing was changed'],
  ])('hotline user %s, given %j, ends with %i and says: %s', async (words, input, code, sentence) => {
    const answer = await run(words, input);
    expect(answer).toEqual({ code, out: '', err: expect.stringContaining(sentence) });
    expect(answer.err).not.toContain(input.trim() || '\0');
    expect(await acts()).toEqual([]);
  });

  test('a name that is taken is refused before a password is asked for, and the user stays as they are', async () => {
    await run('add lan --role officer', `${password}\n`);
    expect(await run('add lan --role admin')).toEqual({
      code: 1,
      out: '',
      err: 'hotline: There is a user lan already: nothing was changed\n',
    });
    expect((await run('list')).out).toContain('officer');
  });

  describe('on a terminal', () => {
    let terminal: ChildProcess;
    let shown: string;
    afterEach(() => terminal.kill());

    /** Starts it on a pseudoterminal that shows what is typed, unless the program has it otherwise. */
    function start(words: string): void {
      const command = `'${process.execPath}' '${cli}' user ${words}`;
      terminal = spawn(
        'script',
        ['--quiet', '--return', '--echo', 'always', '--command', command, '/dev/null'],
        {
          env: environment(),
        },
      );
      shown = '';
      const show = (chunk: Buffer) => (shown += chunk.toString());
      terminal.stdout!.on('data', show);
      terminal.stderr!.on('data', show);
    }
    async function answer(prompt: string, typed: string): Promise<void> {
      await until(() => shown.endsWith(prompt));
      terminal.stdin!.write(typed);
    }
    async function end(): Promise<number | null> {
      await once(terminal, 'close');
      return terminal.exitCode;
    }

    test('the password is asked for twice and never shown, also what was typed wrong and taken back', async () => {
      start('add lan --role admin');
      await answer('Password: ', `${password}x\x7f\r`);
      await answer('Again: ', `${password}\r`);
      expect(await end()).toBe(0);
      expect(shown).toBe('Password: \r\nAgain: \r\nadded: lan, admin\r\n');
      expect(await isPassword('lan', password)).toBe(true);
    });

    test('two that differ change nothing', async () => {
      start('add lan --role admin');
      await answer('Password: ', `${password}\r`);
      await answer('Again: ', 'bốn con mèo đứng\r');
      expect(await end()).toBe(2);
      expect(shown).toContain('The two passwords differ: expected the same one twice; nothing was changed');
      expect(await hashOf('lan')).toBeUndefined();
    });

    test.each([
      ['Ctrl-C', '\x03', 130],
      ['Ctrl-D', '\x04', 2],
    ])('%s ends it, and changes nothing', async (_key, typed, code) => {
      start('add lan --role admin');
      await answer('Password: ', typed);
      expect(await end()).toBe(code);
      expect(await hashOf('lan')).toBeUndefined();
    });
  });
});
