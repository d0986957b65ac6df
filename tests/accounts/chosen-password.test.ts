import fc from 'fast-check';
import { describePasswordFault, findPasswordFault } from '../../src/accounts/chosen-password.ts';

const faultOf = (password: string) => findPasswordFault(password, ['nguyen.lan', 'pbx-hanoi-1']);

test.each([
  'bốn con mèo ngồi',
  'ba con mèo đứng',
  'correct horse battery staple',
  'Trời hôm nay mưa to',
  'x$9!k#2@m%7^',
  'hK7-2mQ.wz9T',
  'ngựa tím uống cà phê',
  '🐢 rùa bò ra biển',
])('%s may be chosen', (password) => expect(faultOf(password)).toBeNull());

test.each([
  'matkhau12345',
  'Matkhau@2026!!!',
  'm4tkh@u-vssid',
  'Mật khẩu BHXH 1',
  'password123456',
  'P@ssw0rdP@ssw0rd',
  'aaaaaaaaaaaaaaaa',
  'abcabcabcabcabc',
  'qwertyuiop123',
  '1qaz2wsx3edc4rfv',
  'poiuytrewq0987',
  '123456789012',
  'nguyen.lan2026',
  'LanLanLanLan1990',
  'pbx-hanoi-1-2026',
  'BaoHiemXaHoi2026',
  'vietnamhanoi01021990',
  'abcdefghijklmnop',
  'thang11nam2026',
])('%s is one that is guessed first', (password) => expect(faultOf(password)).toBe('guessable'));

test('it has 12 to 128 characters, as people count them', () => {
  expect(faultOf('hK7-2mQ.wz9')).toBe('too-short');
  expect(faultOf('ữ7-2mQ.wz9T'.normalize('NFD'))).toBe('too-short');
  const words = 'ngựa tím uống cà phê '.repeat(20);
  expect(faultOf(words.slice(0, 128))).toBeNull();
  expect(faultOf(words.slice(0, 129))).toBe('too-long');
});

test('it has no control character', () => expect(faultOf('bốn con mèo\tngồi')).toBe('unprintable'));

test.each(['too-short', 'too-long', 'unprintable', 'guessable'] as const)(
  'the refusal %s says what was expected',
  (fault) => expect(describePasswordFault(fault)).toMatch(/^The password .*: expected /),
);

test('any text gets an answer', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 140 }), fc.string(), (password, name) => {
      const fault = findPasswordFault(password, [name]);
      expect([null, 'too-short', 'too-long', 'unprintable', 'guessable']).toContain(fault);
    }),
    { numRuns: 200 },
  );
});
