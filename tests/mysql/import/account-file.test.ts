import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from '@jest/globals';
import { readAccountFile, type NumberedLine } from '../../../src/mysql/import/account-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'hotline-account-file-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function read(content: string | Buffer, codeLengths = [10]): Promise<NumberedLine[]> {
  const path = join(directory, 'accounts.csv');
  await writeFile(path, content);
  const lines: NumberedLine[] = [];
  for await (const line of readAccountFile(createReadStream(path), codeLengths)) lines.push(line);
  return lines;
}

const header = 'bhxh_code,phone\n';
const account = { bhxhCode: '0123456789', phone: '+84912345678', renumbered: false, passwordHash: null };

describe('an import file', () => {
  test.each([
    ['with LF', 'bhxh_code,phone\n0123456789,0912345678\n'],
    ['with CRLF', 'bhxh_code,phone\r\n0123456789,0912345678\r\n'],
    ['with a byte order mark', '\uFEFFbhxh_code,phone\n0123456789,0912345678\n'],
    [
      'in UTF-16 with a byte order mark',
      Buffer.from('\uFEFFbhxh_code,phone\n0123456789,0912345678\n', 'utf16le'),
    ],
    ['with quoted fields', '"bhxh_code","phone"\n"0123456789","0912345678"\n'],
    ['with columns in the other order', 'phone,bhxh_code\n0912345678,0123456789\n'],
    ['with spaces around fields', 'bhxh_code , phone\n 0123456789 , 0912345678 \n'],
    ['without a line break at the end', 'bhxh_code,phone\n0123456789,0912345678'],
    ['with an empty password_hash', 'bhxh_code,phone,password_hash\n0123456789,0912345678,\n'],
  ])('%s is read', async (_, content) => {
    expect(await read(content)).toEqual([{ line: 2, ...account }]);
  });

  test('with a quoted argon2 hash is read', async () => {
    const passwordHash = '$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHQ$aGFzaA';
    expect(await read(`bhxh_code,phone,password_hash\n0123456789,0912345678,"${passwordHash}"\n`)).toEqual([
      { line: 2, ...account, passwordHash },
    ]);
  });

  test('counts lines as an editor does, empty ones too', async () => {
    const lines = await read(`${header}0123456789,0912345678\n\n0123456780,0912345678\n`);
    expect(lines.map(({ line }) => line)).toEqual([2, 4]);
  });

  test('accepts personal IDs of twelve digits where the configuration does', async () => {
    expect(await read(`${header}079123456789,0912345678\n`, [10, 12])).toMatchObject([
      { bhxhCode: '079123456789' },
    ]);
  });

  test.each([
    [
      'a code whose zeros a spreadsheet dropped',
      '123456789,0912345678',
      'bhxh_code',
      '10 digits expected, 9 found; a spreadsheet may have dropped leading zeros',
    ],
    [
      'a code as a spreadsheet writes big numbers',
      '7.9E+09,0912345678',
      'bhxh_code',
      '10 digits expected, other characters found',
    ],
    ['an empty code', ',0912345678', 'bhxh_code', 'empty, 10 digits expected'],
    ['a foreign phone', '0123456789,+14155550100', 'phone', /^not a Vietnamese mobile or landline/],
    ['an empty phone', '0123456789,', 'phone', /^not a Vietnamese mobile or landline/],
    ['a column too few', '0123456789', '', '2 columns expected, 1 found'],
    ['a column too many', '0123456789,0912345678,x', '', '2 columns expected, 3 found'],
    ['binary rubbish', '\0\x01\x02,\xff', 'bhxh_code', '10 digits expected, other characters found'],
  ])('with %s reports the line, and reads the next', async (_, line, column, reason) => {
    const expected = typeof reason === 'string' ? reason : expect.stringMatching(reason);
    expect(await read(`${header}${line}\n0123456789,0912345678\n`)).toEqual([
      { line: 2, column, reason: expected },
      { line: 3, ...account },
    ]);
  });

  test.each(['secret123', '12345678', '$argon2id', `$x$${'a'.repeat(300)}`])(
    'with a password in clear text or a hash of no known form (%s) reports the line without repeating it',
    async (value) => {
      const [fault] = await read(`bhxh_code,phone,password_hash\n0123456789,0912345678,${value}\n`);
      expect(fault).toEqual({
        line: 2,
        column: 'password_hash',
        reason: 'not a password hash of the form $id$…',
      });
    },
  );

  test('with an unquoted argon2 hash says that its commas need quoting', async () => {
    const [fault] = await read(
      'bhxh_code,phone,password_hash\n0123456789,0912345678,$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA\n',
    );
    expect(fault).toMatchObject({
      reason: '3 columns expected, 5 found; a hash that contains commas must be quoted',
    });
  });
});

describe('what is not an import file', () => {
  test.each([
    ['an empty file', '', 'The file is empty: expected UTF-8 text'],
    ['a header alone', header, 'The file has a header and no line after it'],
    ['no header', '0123456789,0912345678\n', 'Line 1 is not the header'],
    ['semicolons', 'bhxh_code;phone\n0123456789;0912345678\n', 'Line 1 is not the header'],
    ['a missing column', 'bhxh_code\n0123456789\n', 'Line 1 is not the header'],
    ['a column twice', 'bhxh_code,phone,phone\n', 'Line 1 is not the header'],
    ['an unknown column', 'bhxh_code,phone,name\n', 'Line 1 is not the header'],
    [
      'a binary file',
      Buffer.from([0x50, 0x4b, 3, 4, 0, 0, 0x22, 0xff, 0xfe, 0x0a, 0x22]),
      'Line 1 is not the header',
    ],
    ['a file without a single line break', Buffer.alloc(100_000, 'x'), 'Line 1 is not the header'],
    [
      'a quotation mark within a field',
      `${header}01234"56789,0912345678\n`,
      'Line 2 has a quotation mark in a wrong place',
    ],
    [
      'text after a closing quotation mark',
      `${header}"0123456789"x,0912345678\n`,
      'Line 2 has a quotation mark in a wrong place',
    ],
    [
      'a quotation mark never closed',
      `${header}"0123456789,0912345678\n`,
      'A quotation mark is opened near line 2 and never closed',
    ],
    [
      'one never closed in a long file',
      `${header}"${'0123456789,0912345678\n'.repeat(5000)}`,
      'a quotation mark in it is never closed',
    ],
  ])('%s is refused with a sentence that repeats nothing of it', async (_, content, sentence) => {
    const error = await read(content).then(
      () => undefined,
      (reason: Error) => reason,
    );
    expect(error?.message).toContain(sentence);
    expect(error?.name).toBe('ImportFailed');
    expect(error?.message).not.toMatch(/[0-9]{6}/);
  });
});
