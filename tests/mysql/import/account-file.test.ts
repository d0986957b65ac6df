import { readerInFolder } from './read-file.ts';

const read = readerInFolder();

const header = 'bhxh_code,phone\n';
const account = {
  bhxhCode: '0123456789',
  phone: '+84912345678',
  renumbered: false,
  note: null,
  passwordHash: null,
  personalId: null,
};

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
    ['with CRLF after the header and LF after the rows', 'bhxh_code,phone\r\n0123456789,0912345678\n'],
    ['with LF after the header and CRLF after the rows', 'bhxh_code,phone\n0123456789,0912345678\r\n'],
    ['with doubled CR', 'bhxh_code,phone\r\r\n0123456789,0912345678\r\r\n'],
    ['with capitals in the header', 'BHXH_Code,"PHONE"\n0123456789,0912345678\n'],
    ['with semicolons', 'bhxh_code;phone\n0123456789;0912345678\n'],
    ['with tabs', 'bhxh_code\tphone\n0123456789\t0912345678\n'],
    [
      'with tabs in UTF-16 without a byte order mark',
      Buffer.from('bhxh_code\tphone\n0123456789\t0912345678\n', 'utf16le'),
    ],
    ['with a hash between semicolons', 'bhxh_code;phone;password_hash\n0123456789;0912345678;\n'],
    ['with an empty third column', 'bhxh_code,phone,\r\n0123456789,0912345678,\r\n,,\r\n'],
    ['with commas that a spreadsheet added to some rows', 'bhxh_code,phone\n0123456789,0912345678,,\n,,,\n'],
    ['with digits as a spreadsheet keeps them as text', 'bhxh_code,phone\n="0123456789","=""0912345678"""\n'],
    ['with apostrophes of a spreadsheet', "bhxh_code,phone\n'0123456789,'0912345678\n"],
    [
      'with characters that are not seen',
      'bhxh_code,phone\n\u200B0123456789\u00A0,\uFEFF0912\u00A0345\u202F678\u200E\n',
    ],
    [
      'with characters that are not seen around quoted fields, as where files were joined',
      'bhxh_code,phone\n\uFEFF"0123456789"\u200B,\u00A0"0912345678"\uFEFF\n',
    ],
    ['with full-width digits', 'bhxh_code,phone\n\uFF10123456789,\uFF10912345678\n'],
    ['without an optional last column in a row', 'bhxh_code,phone,password_hash\n0123456789,0912345678\n'],
    ['with an empty password_hash', 'bhxh_code,phone,password_hash\n0123456789,0912345678,\n'],
  ])('%s is read', async (_, content) => {
    expect(await read(content)).toEqual([{ line: 2, ...account }]);
  });

  test.each([
    '+84 (0) 912 345 678',
    '(0084) - (0) - 912 - 345 - 678',
    '+84 0912 345 678',
    '+84 (0912) 345 678',
    '+84 0 912.345.678',
    '840912345678',
    '84-0912-345-678',
    '0084 0912 345 678',
  ])('reads an international number with its trunk 0 (%s)', async (phone) => {
    expect(await read(`${header}0123456789,${phone}\n`)).toEqual([{ line: 2, ...account }]);
  });

  test.each(['+84 00 912 345 678', '84 (0) 0912345678', '+8400912345678', '+85 0912 345 678'])(
    'does not guess what %s means',
    async (phone) => {
      expect(await read(`${header}0123456789,${phone}\n`)).toMatchObject([
        { column: 'phone', reason: expect.stringMatching(/^not a Vietnamese mobile or landline/) },
      ]);
    },
  );

  test('is read the same after a line by which Excel is told the separator', async () => {
    for (const mark of [',', ';', '\t'])
      expect(await read(`sep=${mark}\r\nbhxh_code${mark}phone\r\n0123456789${mark}0912345678\r\n`)).toEqual([
        { line: 3, ...account },
      ]);
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
      /^10 digits expected, found an exponent: a spreadsheet/,
    ],
    ['an empty code', ',0912345678', 'bhxh_code', 'empty, 10 digits expected'],
    ['a foreign phone', '0123456789,+14155550100', 'phone', /^not a Vietnamese mobile or landline/],
    ['an empty phone', '0123456789,', 'phone', 'empty: a Vietnamese mobile or landline number expected'],
    [
      'a phone whose zero a spreadsheet dropped',
      '0123456789,918000004',
      'phone',
      'the 0 at its beginning is missing: a spreadsheet may have dropped it',
    ],
    ['a phone with an exponent', '0123456789,9.18E+08', 'phone', /^an exponent: a spreadsheet/],
    ['a phone with a decimal point', '0123456789,918000004.0', 'phone', /^a decimal fraction: a spreadsheet/],
    ['a formula', '0123456789,=A2', 'phone', 'a spreadsheet formula: export its value'],
    ['a formula with a text', '0123456789,=T("0912345678")', '', 'a spreadsheet formula: export its value'],
    ['a formula that joins texts', '="01"&"23456789",0912345678', '', /^a spreadsheet formula/],
    ['a slash in the phone', '0123456789,0912/345/678', 'phone', /^a character that no phone number has/],
    ['words beside the phone', '0123456789,0912345678 (mother)', 'phone', /^a character that no phone/],
    ['two phones and a slash', '0123456789,0912345678/0987654321', 'phone', /^more than one number/],
    ['two phones', '0123456789,0912345678 0987654321', 'phone', 'more than one number: one is expected'],
    [
      'a character of another encoding',
      Buffer.from('0123456789,0912\xff345678', 'latin1').toString('latin1'),
      'phone',
      /not ASCII|not UTF-8/,
    ],
    [
      'semicolons under a header with commas',
      '0123456789;0912345678',
      '',
      '2 columns expected, 1 found; this line has semicolons, and commas separate the header',
    ],
    [
      'quotation marks around the whole line',
      '"0123456789,0912345678"',
      '',
      '2 columns expected, 1 found; one pair of quotation marks is around the whole line',
    ],
    ['a value under no name', '0123456789,0912345678,x', '', '2 columns expected, 3 found'],
    [
      'a carriage return within it',
      '0123456789,0912345678\r0123456780,0912345678',
      '',
      'a carriage return within the line: lines end with LF or CRLF',
    ],
    ['a quotation mark within a field', '01234"56789,0912345678', '', /^a quotation mark in a wrong place/],
    [
      'text after a closing quotation mark',
      '"0123456789"x,0912345678',
      '',
      /^a quotation mark in a wrong place/,
    ],
    [
      'a quotation mark never closed',
      '"0123456789,0912345678',
      '',
      'a quotation mark is opened on this line and never closed',
    ],
    ['more characters than any line has', 'x'.repeat(200_000), '', 'it is longer than 2000 characters'],
    [
      'carriage returns in place of line breaks',
      '0123456789,0912345678\r'.repeat(10_000),
      '',
      'a carriage return within the line: lines end with LF or CRLF',
    ],
    ['a column too few', '0123456789', '', '2 columns expected, 1 found'],
    ['binary rubbish', '\0\x01\x02,\xff', 'bhxh_code', /^10 digits expected, found an invisible character/],
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
    [
      'no header',
      '0123456789,0912345678\n',
      'Line 1 is not the header (it looks like the line of a citizen)',
    ],
    [
      'lines that end with CR alone',
      'bhxh_code,phone\r0123456789,0912345678\r',
      'its lines end with CR alone',
    ],
    [
      'many lines that end with CR alone',
      `bhxh_code,phone\r${'0123456789,0912345678\r'.repeat(10_000)}`,
      'its lines end with CR alone',
    ],
    [
      'quoted fields on lines that end with CR alone',
      '"bhxh_code","phone"\r"0123456789","0912345678"\r',
      'its lines end with CR alone',
    ],
    ['a header in an old encoding', Buffer.from('bhxh_code,phone,t\xean\n', 'latin1'), 'it is not UTF-8'],
    ['a header of other names', 'code,number\n', 'it names neither bhxh_code nor phone'],
    ['an Excel workbook', Buffer.from('PK\x03\x04rest', 'latin1'), 'The file is an Excel workbook'],
    ['a missing column', 'bhxh_code\n0123456789\n', 'it has no column phone'],
    ['a column twice', 'bhxh_code,phone,phone\n', 'a column is there twice'],
    ['an unknown column', 'bhxh_code,phone,name\n', 'its column 3 is not known'],
    [
      'a binary file',
      Buffer.from([0x7f, 0x45, 0x4c, 0x46, 0, 0, 0x22, 0xff, 0xfe, 0x0a, 0x22]),
      'Line 1 is not the header',
    ],
    ['a file without a single line break', Buffer.alloc(100_000, 'x'), 'Line 1 is not the header'],
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
