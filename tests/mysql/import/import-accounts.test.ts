import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { hashPassword, verifyPassword } from '../../../src/accounts/password-hash.ts';
import { importAccounts, type ImportSummary } from '../../../src/mysql/import/import-accounts.ts';
import { describeManyLines } from './many-lines.ts';
import { cli, run } from './run-import.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

const hash = (name: string) => `$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$${name}`;
const nothing = {
  lines: 0,
  added: 0,
  updated: 0,
  rejected: 0,
  renumbered: 0,
  oldLandlines: 0,
  rejectFile: null,
};

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `importing into ${kind}`, (database) => {
    let directory: string;
    let file: string;
    beforeEach(async () => {
      await database.owner.clear();
      directory = await mkdtemp(join(tmpdir(), 'hotline-import-'));
      file = join(directory, 'accounts.csv');
    });
    afterEach(() => rm(directory, { recursive: true }));

    async function load(content: string, options: { rejects?: string } = {}): Promise<ImportSummary> {
      await writeFile(file, content);
      return importAccounts({ file, databaseUrl: database.url, codeLengths: [10], ...options });
    }

    const accounts = () =>
      database.owner.rows<{ code: string; phone: string; hash: string }>(
        'SELECT bhxh_code AS code, phone, password_hash AS hash FROM accounts ORDER BY code',
      );
    const pairs = async () => (await accounts()).map(({ code, phone }) => `${code} ${phone}`);
    const remarks = async () => (await readFile(`${file}.rejects.csv`, 'utf8')).trimEnd().split('\n');

    test('every correct line becomes an account, and wrong lines are reported by line, column and reason', async () => {
      const summary = await load(
        'bhxh_code,phone\n0123456789,0912345678\n123,0912345678\n0123456780,0912345678\n0123456781,113\n',
      );
      expect(summary).toEqual({
        ...nothing,
        lines: 4,
        added: 2,
        rejected: 2,
        rejectFile: `${file}.rejects.csv`,
      });
      expect(await pairs()).toEqual(['0123456780 +84912345678', '0123456789 +84912345678']);
      expect(await remarks()).toEqual([
        'line,result,column,reason',
        '3,rejected,bhxh_code,"10 digits expected, 3 found; a spreadsheet may have dropped leading zeros"',
        '5,rejected,phone,"not a Vietnamese mobile or landline number beginning with 0, 84 or +84"',
      ]);
    });

    test('the reject file is readable by its owner only, holds no code and no phone, and is removed when every line is correct', async () => {
      await load(
        'bhxh_code,phone\n0123456789,0912345678\n0123456789,0912345679\n9123456789,0912345678x\n0123456780,0912345678\n',
      );
      expect((await stat(`${file}.rejects.csv`)).mode & 0o777).toBe(0o600);
      expect(await readFile(`${file}.rejects.csv`, 'utf8')).not.toMatch(/[0-9]{5}/);
      expect(await load('bhxh_code,phone\n0123456789,0912345678\n')).toMatchObject({ rejectFile: null });
      expect(existsSync(`${file}.rejects.csv`)).toBe(false);
    });

    test('running it again changes nothing; a changed phone is updated; accounts not in the file stay', async () => {
      await load('bhxh_code,phone\n0123456789,0912345678\n0123456780,0912345678\n');
      expect(await load('bhxh_code,phone\n0123456789,0912345678\n0123456780,0912345678\n')).toEqual({
        ...nothing,
        lines: 2,
      });
      expect(await load('bhxh_code,phone\n0123456789,0987654321\n')).toEqual({
        ...nothing,
        lines: 1,
        updated: 1,
      });
      expect(await pairs()).toEqual(['0123456780 +84912345678', '0123456789 +84987654321']);
    });

    test('a hash is used for new accounts and for those without a password, and never replaces one', async () => {
      const header = 'bhxh_code,phone,password_hash\n';
      await load(`${header}0000000001,0912345678,"${hash('first')}"\n0000000002,0912345678,\n`);
      await load(
        `${header}0000000001,0912345678,"${hash('second')}"\n0000000002,0912345678,"${hash('second')}"\n`,
      );
      expect((await accounts()).map((account) => account.hash)).toEqual([hash('first'), hash('second')]);
      await load(`${header}0000000001,0987654321,\n0000000002,0912345678,"${hash('third')}"\n`);
      expect((await accounts()).map((account) => account.hash)).toEqual([hash('first'), hash('second')]);
    });

    test('a password that a caller got by a reset stays when the registry is imported again', async () => {
      await load('bhxh_code,phone\n0123456789,0912345678\n');
      const reset = await hashPassword('73501846');
      await database.owner.pool.query('UPDATE accounts SET password_hash = ?, must_change = TRUE', [reset]);
      await load(`bhxh_code,phone,password_hash\n0123456789,0912345678,"${hash('old')}"\n`);
      expect(await verifyPassword((await accounts())[0]!.hash, '73501846')).toBe(true);
    });

    test('an account without a password has a hash that no password verifies against', async () => {
      await load('bhxh_code,phone\n0123456789,0912345678\n');
      const stored = (await accounts())[0]!.hash;
      for (const password of ['', '00000000', stored])
        expect(await verifyPassword(stored, password)).toBe(false);
    });

    test('a code with two phones is not loaded, a repeated line is loaded once, and existing accounts stay', async () => {
      await load('bhxh_code,phone\n0000000001,0911111111\n');
      const summary = await load(
        'bhxh_code,phone\n0000000001,0912345678\n0000000002,0912345678\n0000000001,0987654321\n0000000002,+84912345678\n0000000003,0912345678\n',
      );
      expect(summary).toMatchObject({ lines: 5, added: 2, updated: 0, rejected: 3 });
      expect(await pairs()).toEqual([
        '0000000001 +84911111111',
        '0000000002 +84912345678',
        '0000000003 +84912345678',
      ]);
      expect(await remarks()).toEqual([
        'line,result,column,reason',
        '2,rejected,bhxh_code,"the file has this code more than once, first on line 2, with different phones, hashes or personal IDs; none was loaded"',
        '4,rejected,bhxh_code,"the file has this code more than once, first on line 2, with different phones, hashes or personal IDs; none was loaded"',
        '5,rejected,bhxh_code,"repeats line 3"',
      ]);
    });

    test('phones from before 2018 are converted, and one that another code has too is reported', async () => {
      const summary = await load(
        'bhxh_code,phone\n0000000001,01234567890\n0000000002,0834567890\n0000000003,01689999999\n',
      );
      expect(summary).toMatchObject({ added: 3, rejected: 0, renumbered: 2, oldLandlines: 1 });
      expect(await pairs()).toEqual([
        '0000000001 +84834567890',
        '0000000002 +84834567890',
        '0000000003 +84389999999',
      ]);
      expect(await remarks()).toEqual([
        'line,result,column,reason',
        '2,loaded,phone,"converted from its form before 2018; another code has the same number"',
        '3,loaded,phone,"loaded as a mobile number of today; until 2017 it was a landline: see --landlines-before-2017"',
      ]);
    });

    test('a converted number that an account outside the file has is reported, and one that the file takes from its account is not', async () => {
      await load('bhxh_code,phone\n0000000008,0834567890\n0000000009,0841234567\n');
      await load('bhxh_code,phone\n0000000001,01234567890\n0000000002,01241234567\n0000000009,0912345678\n');
      expect(await remarks()).toEqual([
        'line,result,column,reason',
        '2,loaded,phone,"converted from its form before 2018; another code has the same number"',
      ]);
    });

    test('more lines are loaded than one batch holds', async () => {
      const lines = Array.from(
        { length: 4500 },
        (_, index) => `${String(index).padStart(10, '0')},09${String(index).padStart(8, '0')}`,
      );
      const progress: number[] = [];
      await writeFile(file, `bhxh_code,phone\n${lines.join('\n')}\n`);
      const summary = await importAccounts({
        file,
        databaseUrl: database.url,
        codeLengths: [10],
        onProgress: ({ done, total }) => progress.push(done / total),
      });
      expect(summary).toMatchObject({ lines: 4500, added: 4500 });
      expect(progress.at(-1)).toBe(1);
    });

    test.each([
      ['a wrong header', 'code;phone\n', 'Line 1 is not the header'],
      ['no correct line', 'bhxh_code,phone\n1,2\n', 'None of the 1 lines can be loaded'],
    ])('a file with %s changes nothing', async (_, content, sentence) => {
      await load('bhxh_code,phone\n0000000001,0911111111\n');
      await expect(load(content)).rejects.toThrow(sentence);
      expect(await pairs()).toEqual(['0000000001 +84911111111']);
    });

    test('a missing file, a directory and a reject file that cannot be written are named', async () => {
      const attempt = (name: string, rejects?: string) =>
        importAccounts({
          file: name,
          databaseUrl: database.url,
          codeLengths: [10],
          ...(rejects === undefined ? {} : { rejects }),
        });
      await expect(attempt(file)).rejects.toThrow(`${file} cannot be read (ENOENT)`);
      await expect(attempt(directory)).rejects.toThrow(`${directory} is not a file`);
      await writeFile(file, 'bhxh_code,phone\n0123456789,0912345678\n');
      await expect(attempt(file, join(directory, 'nowhere/rejects.csv'))).rejects.toThrow(
        'cannot be written (ENOENT: there is no such folder',
      );
      await symlink(file, join(directory, 'link.csv'));
      for (const same of [file, join(directory, 'link.csv')])
        await expect(attempt(file, same)).rejects.toThrow('would overwrite the file to import');
      expect(await readFile(file, 'utf8')).toContain('0123456789');
    });

    test('a second import at the same time is refused', async () => {
      const other = await database.owner.pool.getConnection();
      await other.query(`SELECT GET_LOCK('hotline import hotline', 0)`);
      await expect(load('bhxh_code,phone\n0123456789,0912345678\n')).rejects.toThrow(
        'Another import into this database is running',
      );
      other.destroy();
    });

    test.each(['SIGKILL', 'SIGINT', 'SIGTERM'] as const)(
      'ended by %s while it stores, it leaves the registry as it was, and can be run again',
      async (signal) => {
        await load('bhxh_code,phone\n0000000001,0911111111\n');
        await writeFile(file, 'bhxh_code,phone\n0000000001,0912345678\n0000000002,0912345678\n');
        const blocker = await database.owner.pool.getConnection();
        await blocker.beginTransaction();
        await blocker.query('SELECT id FROM accounts FOR UPDATE');
        const program = spawn(process.execPath, [cli, 'import', file], {
          env: { ...process.env, DATABASE_URL: database.url },
          stdio: 'ignore',
        });
        const ended = once(program, 'exit');
        const storing = () =>
          database.owner.rows(
            `SELECT id FROM information_schema.processlist WHERE info LIKE 'UPDATE import_lines%'`,
          );
        while ((await storing()).length === 0) await pause(20);
        program.kill(signal);
        expect(await ended).toEqual([null, signal]);
        await blocker.rollback();
        blocker.release();
        while ((await storing()).length > 0) await pause(20);
        expect(await pairs()).toEqual(['0000000001 +84911111111']);
        await expect(run(['import', file], database.url)).resolves.toMatchObject({ code: 0 });
        expect(await pairs()).toEqual(['0000000001 +84912345678', '0000000002 +84912345678']);
      },
    );

    describeManyLines(database, () => file);

    test('if the database is lost while it stores, it says that nothing was imported', async () => {
      await load('bhxh_code,phone\n0000000001,0911111111\n');
      const blocker = await database.owner.pool.getConnection();
      await blocker.beginTransaction();
      await blocker.query('SELECT id FROM accounts FOR UPDATE');
      const outcome = expect(load('bhxh_code,phone\n0000000001,0912345678\n')).rejects.toThrow(
        'The database failed, nothing was imported: ',
      );
      for (let killed = false; !killed; await pause(20)) {
        const [row] = await database.owner.rows<{ id: number }>(
          `SELECT id AS id FROM information_schema.processlist WHERE info LIKE 'UPDATE import_lines%'`,
        );
        if (row) killed = await database.owner.pool.query(`KILL ${row.id}`).then(() => true);
      }
      await outcome;
      await blocker.rollback();
      blocker.release();
      expect(await pairs()).toEqual(['0000000001 +84911111111']);
    });

    test('the command exits with 0 when all is loaded, 4 when lines were rejected, 1 when nothing was changed', async () => {
      await writeFile(file, 'bhxh_code,phone\n0123456789,0912345678\n');
      expect(await run(['import', file], database.url)).toMatchObject({
        code: 0,
        out: expect.stringContaining(
          '1 line: 1 account added, 0 changed, 0 already as in the file, 0 lines rejected\n',
        ),
      });
      await writeFile(file, 'bhxh_code,phone\n0123456789,0912345678\nx,y\n');
      expect(await run(['import', file, '--rejects', join(directory, 'r.csv')], database.url)).toMatchObject({
        code: 4,
        out: expect.stringContaining(`see ${join(directory, 'r.csv')}`),
      });
      expect(await run(['import', join(directory, 'missing.csv')], database.url)).toMatchObject({
        code: 1,
        err: expect.stringContaining('cannot be read (ENOENT)'),
      });
      expect(await run(['import', file], 'mysql://hotline:secret-pw@127.0.0.1:1/hotline')).toMatchObject({
        code: 1,
        err: expect.stringMatching(
          /^hotline: The database failed, nothing was imported: nothing listens there/,
        ),
      });
      expect(await run(['migrate'], 'mysql://hotline:secret-pw@127.0.0.1:1/hotline')).toMatchObject({
        code: 1,
        err: expect.stringMatching(/^hotline: The database could not be migrated: nothing listens there/),
      });
    });
  });
}
