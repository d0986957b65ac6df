/** The column `personal_id` of an import file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importAccounts, type ImportSummary } from '../../../src/mysql/import/import-accounts.ts';
import { forgetAccount } from '../../../src/mysql/registry/forget-account.ts';
import { databaseKinds } from '../../support/engine/databases.ts';
import { describeWithRegistry } from '../../support/engine/describe-with-registry.ts';

const header = 'bhxh_code,phone,personal_id\n';
const [anna, binh] = ['0000000001', '0000000002'];
const [first, second, third] = ['001090000001', '001090000002', '001090000003'];
const phone = '0912345678';

for (const kind of databaseKinds) {
  describeWithRegistry(kind, `importing personal IDs into ${kind}`, (database) => {
    let directory: string;
    let file: string;
    beforeEach(async () => {
      await database.owner.clear();
      directory = await mkdtemp(join(tmpdir(), 'hotline-import-'));
      file = join(directory, 'accounts.csv');
    });
    afterEach(() => rm(directory, { recursive: true }));

    async function load(content: string): Promise<ImportSummary> {
      await writeFile(file, content);
      return importAccounts({ file, databaseUrl: database.url, codeLengths: [10, 12] });
    }

    const codes = async () =>
      (
        await database.owner.rows<{ codes: string }>(
          `SELECT CONCAT_WS(' ', bhxh_code, kind, code) AS codes
           FROM accounts LEFT JOIN account_codes ON account_codes.account_id = accounts.id ORDER BY bhxh_code`,
        )
      ).map((row) => row.codes);
    const remarks = async () =>
      (await readFile(`${file}.rejects.csv`, 'utf8')).trimEnd().split('\n').slice(1);

    test('a personal ID is stored, changed and, where the cell is empty, removed; each counts as a change of its account', async () => {
      expect(await load(`${header}${anna},${phone},${first}\n${binh},${phone},\n`)).toMatchObject({
        added: 2,
      });
      expect(await codes()).toEqual([`${anna} personal-id ${first}`, binh]);
      expect(await load(`${header}${anna},${phone},${first}\n${binh},${phone},\n`)).toMatchObject({
        updated: 0,
      });
      expect(await load(`${header}${anna},${phone},${second}\n`)).toMatchObject({ updated: 1, added: 0 });
      expect(await codes()).toEqual([`${anna} personal-id ${second}`, binh]);
      expect(await load(`${header}${anna},${phone}\n`)).toMatchObject({ updated: 1, added: 0 });
      expect(await codes()).toEqual([anna, binh]);
    });

    test('a file without the column leaves every personal ID as it is', async () => {
      await load(`${header}${anna},${phone},${first}\n`);
      expect(await load(`bhxh_code,phone\n${anna},0987654321\n`)).toMatchObject({ updated: 1 });
      expect(await codes()).toEqual([`${anna} personal-id ${first}`]);
    });

    test('one of another form is rejected with its line, and one that is the BHXH code itself is none', async () => {
      const summary = await load(
        `${header}${anna},${phone},1090000001\n${binh},${phone},x\n${first},${phone},${first}\n`,
      );
      expect(summary).toMatchObject({ added: 1, rejected: 2 });
      expect(await codes()).toEqual([first]);
      expect(await remarks()).toEqual([
        '2,rejected,personal_id,"12 digits expected, 10 found; a spreadsheet may have dropped leading zeros"',
        '3,rejected,personal_id,"12 digits expected, other characters found"',
      ]);
    });

    test('one that the file gives to two people is loaded for neither, and neither is one that is another line’s BHXH code', async () => {
      const summary = await load(
        `${header}${anna},${phone},${first}\n${binh},${phone},${first}\n0000000003,${phone},${second}\n${second},${phone},\n0000000004,${phone},\n`,
      );
      expect(summary).toMatchObject({ added: 1, rejected: 4 });
      expect(await codes()).toEqual(['0000000004']);
      const repeated = (line: number) =>
        `"the file has this code for more than one person, first on line ${line}; none was loaded"`;
      expect(await remarks()).toEqual([
        `2,rejected,personal_id,${repeated(2)}`,
        `3,rejected,personal_id,${repeated(2)}`,
        `4,rejected,personal_id,${repeated(4)}`,
        `5,rejected,bhxh_code,${repeated(4)}`,
      ]);
    });

    test('a code with two personal IDs is not loaded, nor is the line of another person that one of them is on', async () => {
      const summary = await load(
        `${header}${anna},${phone},${first}\n${anna},${phone},${second}\n${binh},${phone},${second}\n0000000003,${phone},\n`,
      );
      expect(summary).toMatchObject({ added: 1, rejected: 3 });
      expect(await codes()).toEqual(['0000000003']);
    });

    test('a line that is there twice, with one personal ID, is loaded once', async () => {
      expect(await load(`${header}${anna},${phone},${first}\n${anna},${phone},${first}\n`)).toMatchObject({
        added: 1,
        rejected: 1,
      });
      expect(await codes()).toEqual([`${anna} personal-id ${first}`]);
    });

    test('a code that belongs to another account stays there, whichever of its codes it is', async () => {
      await load(`${header}${anna},${phone},${first}\n${second},${phone},\n0000000009,${phone},${third}\n`);
      const before = await codes();
      const summary = await load(
        `${header}${binh},${phone},${first}\n0000000003,${phone},${second}\n${third},${phone},\n${anna},${phone},\n`,
      );
      expect(summary).toMatchObject({ added: 0, updated: 1, rejected: 3 });
      expect(await remarks()).toEqual([
        '2,rejected,personal_id,"another account has this code as its personal ID"',
        '3,rejected,personal_id,"another account has this code as its BHXH code"',
        '4,rejected,bhxh_code,"another account has this code as its personal ID"',
      ]);
      const other = `0000000009 personal-id ${third}`;
      expect(before).toEqual([`${anna} personal-id ${first}`, other, second]);
      expect(await codes()).toEqual([anna, other, second]);
      expect(await load(`${header}${binh},${phone},${first}\n`)).toMatchObject({ added: 1 });
    });

    test('account forget finds a person by the personal ID, and deletes both codes', async () => {
      await load(`${header}${anna},${phone},${first}\n${binh},${phone},${second}\n`);
      expect(await forgetAccount(database.url, first)).toMatchObject({ account_codes: 1 });
      expect(await codes()).toEqual([`${binh} personal-id ${second}`]);
      await expect(forgetAccount(database.url, anna)).rejects.toThrow('No account has this code');
      expect(await load(`${header}${binh},${phone},${second}\n0000000003,${phone},${first}\n`)).toMatchObject(
        {
          added: 1,
        },
      );
    });
  });
}
