/** docs/login-side.md explains examples/login/ line by line: what it quotes is there, and nothing that counts is left out. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const checkout = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(checkout, file), 'utf8');
/** Blanks do not count: a quotation is indented differently. */
const bare = (text: string) => text.replace(/\s+/g, '');

interface Quotation {
  readonly file: string;
  readonly text: string;
}

/** The quotations of each section, with the file that its heading links to. */
const quotations: Quotation[] = read('docs/login-side.md')
  .split(/^## /m)
  .flatMap((section) => {
    const [, file] = /^.*\(\.\.\/(examples\/login\/[\w.-]+)\)\n/.exec(section) ?? [];
    const texts = [...section.matchAll(/^```\w+\n(.*?)^```$/gms)].map(([, text]) => text!);
    return texts.map((text) => ({ file: file ?? 'no file', text }));
  });

test.each(quotations)('$file has what is quoted of it: $text', ({ file, text }) => {
  expect(bare(read(file))).toContain(bare(text));
});

const quotedOf = (file: string) =>
  bare(quotations.flatMap((quotation) => (quotation.file === file ? [quotation.text] : [])).join('\n'));

test('every line that checks a password is explained', () => {
  const file = 'examples/login/check-password.ts';
  const [, body] = /\nexport async function checkPassword\(.*?\{\n(.*?)\n\}/s.exec(read(file)) ?? [];
  const lines = body!.split('\n').filter((line) => line.trim() !== '');
  expect(lines.length).toBeGreaterThan(8);
  expect(lines.filter((line) => !quotedOf(file).includes(bare(line)))).toEqual([]);
});

test('every statement is explained', () => {
  const file = 'examples/login/accounts.ts';
  const statements = [...read(file).matchAll(/(['`])((?:SELECT|INSERT|UPDATE|DELETE)\s.*?)\1/gs)].map(
    ([, , text]) => text!,
  );
  expect(statements.length).toBeGreaterThan(5);
  expect(statements.filter((text) => !quotedOf(file).includes(bare(text)))).toEqual([]);
});

test('every right is explained', () => {
  const file = 'examples/login/rights.sql';
  expect(quotedOf(file)).toBe(bare(read(file).replace(/^--.*$/gm, '')));
});
