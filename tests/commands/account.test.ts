import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describeWithRegistry } from '../support/engine/describe-with-registry.ts';

const cli = join(import.meta.dirname, '../../src/cli.ts');

describeWithRegistry('mariadb', 'hotline account forget', (database) => {
  beforeEach(async () => {
    await database.owner.clear();
    await database.owner.addAccount({
      bhxhCode: '0012345678',
      phone: '+84912345678',
      passwordHash: '$argon2id$old',
    });
  });

  async function forget(input: string, owner = database.url) {
    const program = spawn(process.execPath, [cli, 'account', 'forget'], {
      env: { ...process.env, DATABASE_URL: database.applicationUrl, DATABASE_OWNER_URL: owner },
    });
    program.stdin.end(input);
    const [out, err] = await Promise.all([
      text(program.stdout),
      text(program.stderr),
      once(program, 'close'),
    ]);
    return { code: program.exitCode, out, err };
  }

  test('deletes the account of the code on standard input, and says what stays', async () => {
    expect(await forget('0012345678\n')).toEqual({
      code: 0,
      out: expect.stringMatching(/^deleted: the account, 0 resets.*\nkept: rows of the audit log/),
      err: '',
    });
    expect(await database.owner.rows('SELECT id FROM accounts')).toEqual([]);
  });

  test('finds a person by the personal ID, and deletes that too', async () => {
    const [account] = await database.owner.rows<{ id: number }>('SELECT id FROM accounts');
    await database.owner.addCode(account!.id, '001090000001');
    expect((await forget('001090000001\n')).out).toMatch(
      /^deleted: the account with its personal ID, 0 resets/,
    );
    expect(await database.owner.rows('SELECT code FROM account_codes')).toEqual([]);
  });

  test('says in one sentence that a code has no account, without the code, and changes nothing', async () => {
    expect(await forget('0099999999\n')).toEqual({
      code: 1,
      out: '',
      err: 'hotline: No account has this code: nothing was deleted\n',
    });
    expect(await database.owner.rows('SELECT bhxh_code AS code FROM accounts')).toEqual([
      { code: '0012345678' },
    ]);
  });

  test('the user of the application may not delete one', async () => {
    const { code, err } = await forget('0012345678\n', database.applicationUrl);
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(
        /nothing was deleted: the user lacks a right to a table; set DATABASE_OWNER_URL/,
      ),
    });
  });
});
