import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RejectFile, type Remark } from '../../../src/mysql/import/reject-file.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotline-rejects-'));
});

afterEach(() => rm(directory, { recursive: true }));

async function written(...remarks: Remark[]): Promise<string> {
  const file = await RejectFile.create(join(directory, 'rejects.csv'), join(directory, 'accounts.csv'));
  for (const remark of remarks) await file.add(remark);
  await file.close();
  return readFile(file.path, 'utf8');
}

test('a remark is a line of four fields, of which the reason is quoted', async () => {
  expect(
    await written(
      { line: 3, result: 'rejected', column: 'phone', reason: 'not a "number"' },
      { line: 12, result: 'loaded', column: '', reason: 'looked at' },
    ),
  ).toBe('line,result,column,reason\n3,rejected,phone,"not a ""number"""\n12,loaded,,"looked at"\n');
});

test('a reason is a text to a spreadsheet, even if it begins like a formula', async () => {
  const reason = '=HYPERLINK("https://example.org")';
  expect(await written({ line: 3, result: 'rejected', column: 'phone', reason })).toContain(
    `3,rejected,phone,"'=HYPERLINK(`,
  );
});
