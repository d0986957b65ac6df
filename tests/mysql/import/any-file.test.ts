import fc from 'fast-check';
import { readerInFolder } from './read-file.ts';

const read = readerInFolder();

describe('any file with a header', () => {
  const citizen = fc.nat(99).map((n) => `01234567${String(n).padStart(2, '0')},0912345678`);
  const rubbish = fc
    .oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.constantFrom('"', '"0123', '""', ',', '\r', '="', '\t;'),
    )
    .map((text) => text.replaceAll('\n', ''));
  const rows = fc.array(
    fc.record({
      text: fc.oneof(
        citizen.map((text) => ({ text, right: true })),
        rubbish.map((text) => ({ text, right: false })),
      ),
      end: fc.constantFrom('\n', '\r\n'),
    }),
    { maxLength: 20 },
  );

  test('has each right line loaded under the number an editor shows, whatever stands in the others', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('\n', '\r\n'), rows, async (end, lines) => {
        const right = lines.flatMap(({ text }, index) => (text.right ? [index + 2] : []));
        fc.pre(right.length > 0);
        const content = `bhxh_code,phone${end}${lines.map(({ text, end }) => text.text + end).join('')}`;
        const loaded = (await read(content)).flatMap((line) => ('reason' in line ? [] : [line.line]));
        expect(loaded).toEqual(right);
      }),
      { numRuns: 200 },
    );
  });
});
