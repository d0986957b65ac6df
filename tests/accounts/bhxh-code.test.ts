import { isBhxhCode } from '../../src/accounts/bhxh-code.ts';

test.each(['0123456789', '0000000000', '7912345678'])('%s is a code of ten digits', (code) => {
  expect(isBhxhCode(code, [10])).toBe(true);
});

test.each([
  '',
  '123456789',
  '01234567890',
  '012345678a',
  '012345678 ',
  '0123456789\n',
  '+123456789',
  '０１２３４５６７８９',
  '٠١٢٣٤٥٦٧٨٩',
])('%j is not a code of ten digits', (text) => {
  expect(isBhxhCode(text, [10])).toBe(false);
});

test('twelve digits are a code only where the configuration accepts them', () => {
  expect(isBhxhCode('012345678901', [10])).toBe(false);
  expect(isBhxhCode('012345678901', [10, 12])).toBe(true);
  expect(isBhxhCode('01234567890', [10, 12])).toBe(false);
});
