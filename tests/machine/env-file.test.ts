import fc from 'fast-check';
import { spawnSync } from 'node:child_process';
import { readAsSystemd } from '../support/machine/systemd-environment-file.ts';
import { EnvFileError, envLine, readEnvFile } from '../../src/machine/env-file.ts';

const read = (text: string) => readEnvFile(text, 'env');

test.each([
  ['a number sign', 'A=LongPassw#rd', 'LongPassw#rd'],
  ['a dollar sign', 'A=pa$HOMEword$', 'pa$HOMEword$'],
  ['a backslash, in single quotation marks', `A='pa$HOME\\nword\\'`, 'pa$HOME\\nword\\'],
  ['quotation marks within it', `A=pa"ss'w`, `pa"ss'w`],
  ['an equals sign', 'A=b=c==', 'b=c=='],
  ['blanks within it', 'A=two words', 'two words'],
  ['blanks around it', 'A =  x\t ', 'x'],
  ['double quotation marks around it', 'A=" a # $b "', ' a # $b '],
  ['single quotation marks around it', `A='a "b" #'`, 'a "b" #'],
  ['a semicolon', 'A=a;b', 'a;b'],
  ['letters of Vietnamese', 'A=mật khẩu', 'mật khẩu'],
  ['nothing', 'A=', ''],
  ['nothing in the line before', 'A=\nA=x', 'x'],
])('a value with %s is read as it is written', (_, line, value) => {
  for (const text of [line, `${line}\n`, `\uFEFF# comment\r\n\r\n${line}\r\n`]) {
    expect(read(text)).toEqual({ A: value });
    expect(readAsSystemd(text)).toEqual({ A: value });
  }
});

test.each([
  ['A=hunter2 #comment', 'Line 1 of env gives A a value with " #" in it'],
  ['A="hunter2" # comment', 'Line 1 of env gives A a value that begins with a quotation mark'],
  ['A="hunter2', 'Line 1 of env gives A a value that begins with a quotation mark'],
  ['A="hun"ter2"', 'Line 1 of env gives A a value that begins with a quotation mark'],
  ['A= # hunter2', 'Line 1 of env gives A a value with " #" in it'],
  ['A=hun\\ter2', 'Line 1 of env gives A a value with a backslash'],
  ['A="hunter2\\"', 'Line 1 of env gives A a value with a backslash'],
  ['export A=hunter2', 'Line 1 of env sets A behind "export"'],
  ['\uFEFFA=hunter2', 'Line 1 of env sets A behind a byte order mark'],
  ['# here \\\nA=hunter2', 'Line 1 of env is a comment that ends with a backslash'],
  ['# here\rA=hunter2', 'Line 1 of env has a carriage return within it'],
  ['B=1\nA=hunt\u0000er2', 'Line 2 of env gives A a character that is not text'],
  ['A=hunter2\nA=hunter3', 'Line 2 of env sets A a second time'],
  ['A=hunter2\nA=', 'Line 2 of env sets A a second time'],
  ['hunter2', 'Line 1 of env is not of the form NAME=value'],
  ['A: hunter2', 'Line 1 of env is not of the form NAME=value'],
  [`A=${'hunter2'.repeat(10_000)}`, 'env is longer than 65536 characters: expected lines of NAME=value'],
])(
  'what programs read in different ways (%j) is refused by line and name, without its value',
  (text, message) => {
    expect(() => read(text)).toThrow(EnvFileError);
    expect(() => read(text)).toThrow(message);
    expect(() => read(text)).not.toThrow(/hun/);
  },
);

test('systemd reads every file that is accepted here, and gets the same values', () => {
  const part = fc.constantFrom(
    ...[
      'A',
      'B',
      '=',
      'a',
      ' ',
      '\t',
      '#',
      ';',
      '"',
      "'",
      '\\',
      '$',
      '\n',
      '\r',
      '\r\n',
      '\uFEFF',
      'export ',
    ],
  );
  const line = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
  const named = fc.tuple(fc.constantFrom('A=', 'B=', '# '), line).map((parts) => parts.join(''));
  fc.assert(
    fc.property(fc.array(fc.oneof(named, line), { maxLength: 4 }), (lines) => {
      const text = lines.join('\n');
      try {
        expect(readAsSystemd(text)).toEqual(read(text));
      } catch (error) {
        if (!(error instanceof EnvFileError)) throw error;
      }
    }),
    { numRuns: 3000 },
  );
});

test('every value that can be read can be written, and is read again the same', () => {
  const part = fc.constantFrom('a', ' ', '#', ' #', '"', "'", '\\', '$', '=', ';', 'é');
  fc.assert(
    fc.property(fc.array(part, { maxLength: 8 }), (parts) => {
      try {
        const value = read(`A=${parts.join('')}`)['A']!;
        expect(read(envLine('A', value))).toEqual({ A: value });
      } catch (error) {
        expect(error).toBeInstanceOf(EnvFileError);
      }
    }),
    { numRuns: 5000 },
  );
});

test('a line written for a value that needs it is read alike by a shell', () => {
  for (const value of ['a # b', ' x ', '"quoted"']) {
    const { stdout } = spawnSync('sh', ['-c', `${envLine('A', value)}printf %s "$A"`], { encoding: 'utf8' });
    expect(stdout).toBe(value);
  }
});
