import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAsteriskConfig } from '../../src/setup/asterisk-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'hotline-asterisk-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

function read(text: string, others: Record<string, string> = {}) {
  for (const [name, content] of Object.entries({ ...others, 'a.conf': text }))
    writeFileSync(join(folder, name), content);
  return readAsteriskConfig(folder, 'a.conf');
}

test('reads settings as Asterisk does: comments, arrows, blanks, a byte order mark', () => {
  const config = read(
    '\uFEFF;------ head ------;\n[general] ; all\n enabled = yes ; on\nport=>5038\npass = a\\;b\n;-- off\nport = 1\n--;\n',
  );
  expect(['enabled', 'port', 'pass'].map((name) => config.value('general', name))).toEqual([
    'yes',
    '5038',
    'a;b',
  ]);
});

test('adds to a section with (+), and takes a second one of the same name for another', () => {
  expect(read('[general]\na = 1\n[general](+)\na = 2\n').value('general', 'a')).toBe('2');
  expect(read('[general]\na = 1\n[general]\na = 2\n').value('general', 'a')).toBe('1');
});

test('reads names in any case, and what a section inherits from a template', () => {
  const config = read(
    '[Common](!)\nBindAddr = ::1\nport = 1\n[General](common)\nPort = 2\n[general](+)\nA = 3\n',
  );
  expect(['bindaddr', 'port', 'a'].map((name) => config.value('general', name))).toEqual(['::1', '2', '3']);
});

test('looks for a value in the section of that name, and not in a template before it', () => {
  const config = read('[general](!)\na = 1\n[general]\na = 2\n[general](+)\nb = 3\n');
  expect(['a', 'b'].map((name) => config.value('general', name))).toEqual(['2', '3']);
  expect(config.placeOf('general')).toBe(`line 3 of ${folder}/a.conf`);
});

test('tells a template from a section, and reads the folders that Debian writes into one', () => {
  const config = read('[directories](!)\nastdatadir => /usr/share/asterisk\n');
  expect([config.has('directories'), config.value('directories', 'astdatadir')]).toEqual([
    false,
    '/usr/share/asterisk',
  ]);
});

test('goes on in the section of the file that includes another', () => {
  const config = read(
    '[general]\n#include b.conf\nport = 2\n#include "c*.conf"\n#tryinclude missing.conf\n',
    {
      'b.conf': 'enabled = yes\n[user]\nread_only = no\n',
    },
  );
  expect(config.value('general', 'enabled')).toBe('yes');
  expect(config.value('user', 'port')).toBe('2');
  expect(config.includes.map(({ name }) => name)).toEqual(['b.conf', 'c*.conf', 'missing.conf']);
});

test.each([
  ['[general\nenabled = yes\n', /section begins without its "\]" in line 1 of .*a\.conf/],
  ['[x](a\n', /options have no "\)" in line 1/],
  ['[x](+)\n', /\[x\]\(\+\) adds to a section that is not there/],
  ['[x](!)\n[x](+)\n', /\[x\]\(\+\) adds to a section that is not there/],
  ['[x](common)\n', /\[common\], from which line 1 of .*a\.conf inherits, is not there/],
  ['enabled = yes\n', /stands before the first section, in line 1/],
  ['[x]\n#include gone.conf\n', /gone\.conf, which line 2 of .*a\.conf includes, is not there/],
  ['[x]\n;-- never ends\n', /has no end in .*a\.conf: expected "--;"/],
  ['[x]\n#include a.conf\n', /does it include itself/],
])('refuses %j, and names the place', (text, message) => {
  expect(() => read(text)).toThrow(message);
});
