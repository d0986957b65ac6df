import fc from 'fast-check';
import { usersOf } from '../../../src/asterisk/ari/sip-identity.ts';

test.each([
  ['<sip:+84912345678@10.0.0.1>', ['+84912345678']],
  ['"Nguyen, A <sip:0900000000@x>" <sip:0912345678@carrier;user=phone>;tag=1', ['0912345678']],
  ['"a\\" <sip:0900000000@x>" <sip:0912345678@x>', ['0912345678']],
  ['sip:0912345678@x', ['0912345678']],
  ['<tel:+84-912-345-678;phone-context=x>', ['+84-912-345-678']],
  ['<sip:+84912345678;npdi;rn=+84@x>, <tel:+84987654321>', ['+84912345678', '+84987654321']],
  ['<sip:anonymous@anonymous.invalid>;tag=2', ['anonymous']],
  ['<sip:%2B84912345678@x>', ['+84912345678']],
  ['<sip:%30912%33%34%35678@x>, <tel:%2b84912345678>', ['0912345678', '+84912345678']],
  ['"B\\\\" <SIP:0912345678@x;user=phone>, TEL:+84912345678', ['0912345678', '+84912345678']],
  ['sip:+84912345678@carrier.example;user=phone', ['+84912345678']],
  ['<sip:+84912345678;cpc=ordinary@x>;cpc=ordinary', ['+84912345678']],
  ['Nguyễn Văn A <sip:+84912345678:secret@[2001:db8::1]:5060>', ['+84912345678']],
  ['<sip:0912345678%@x>', ['']],
  ['<sip:%FF0912345678@x>', ['']],
  ['', []],
])('reads %j', (header, users) => {
  expect(usersOf(header)).toEqual(users);
});

test.each([
  '"<sip:0912345678@x>',
  '<sip:0912345678@x',
  'sip:0912345678',
  '<http://0912345678@x>',
  '<sip:0912345678@a@b>',
  `<sip:0912345678@${'x'.repeat(2000)}>`,
  '<<sip:0912345678@x>>',
  '<sip:0912345678@x>>',
  '<sip:0912345678@x> <sip:0987654321@x>',
  '<sip:0912345678@x>, <sip:0987654321@x',
  `<sip:0912345678@x>;${'x'.repeat(238)}`,
])('a header that is not plainly an identity names nobody: %j', (header) => {
  expect(usersOf(header).filter((user) => user !== '')).toEqual([]);
});

test('no text throws, and a display name never becomes a number', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 100 }), (text) => {
      usersOf(text);
      const quoted = `"${text.replace(/[\\"]/g, '\\$&')}" <sip:0912345678@x>`;
      expect(usersOf(quoted)).toEqual(['0912345678']);
    }),
  );
});
