/** Pieces of text that readers trip over. */
import type { Dice } from '../../src/simulation/dice.ts';

/** Long, but short enough for one UDP packet. */
const lengths = [255, 256, 257, 1023, 1024, 4095, 4096, 4097, 8192, 16_384, 40_000];
const pieces = [
  '',
  ' ',
  '\t \t',
  '\0',
  'a\0b',
  '\x7f\x1b[31m\x08',
  '\xff\xfe\xfd',
  '\xc0\xaf',
  '\xed\xa0\x80',
  '\xf4\x90\x80\x80',
  '\xe2\x80\xae\xef\xbb\xbf',
  'Nguy\xe1\xbb\x85n',
  '%',
  '%0',
  '%00',
  '%zz',
  '%0d%0aBye: 1',
  '%25%32%35',
  '%c0%af',
  '%s%n%x%n',
  '\r\n ',
  '\r\n\t\r\n ',
  '\r',
  '\n',
  '"',
  '\\',
  '"\\"',
  '<',
  '>',
  '<>',
  '<<sip:1@2>>',
  '(((((',
  '[::1',
  '[::1]:5060',
  ',',
  ',,,,',
  ';',
  ';;=;=',
  '=',
  '@',
  '@@',
  ':',
  '*',
  '?',
  '-1',
  '0',
  '65536',
  '4294967295',
  '4294967296',
  '18446744073709551616',
  '1e309',
  '0x7f',
  'NaN',
  '${EXTEN}',
  '${SHELL(id)}',
  '$[1/0]',
  "' OR 1=1 -- ",
  '{"a":[',
  '__proto__',
  '../../etc/passwd',
  'sip:',
  'tel:',
  'sip:a@b',
  'urn:service:sos',
  'data:,x',
] as const;
const repeated = [
  'a',
  ' ',
  '\t',
  '<',
  '"',
  '\\',
  '(',
  ',',
  ';',
  ';a=b',
  '%41',
  '%',
  '\xff',
  '0',
  ',<sip:1@2>',
  '\r\n a',
];

/** Anything. */
export function junk(dice: Dice): string {
  if (dice.happens(20)) return longJunk(dice);
  if (dice.happens(20)) return Array.from({ length: dice.number(1, 4) }, () => dice.oneOf(pieces)).join('');
  if (dice.happens(10)) return bytes(dice, dice.number(1, 64));
  return dice.oneOf(pieces);
}

/** Much of the same. */
export function longJunk(dice: Dice): string {
  const piece = dice.oneOf(repeated);
  return piece.repeat(Math.ceil(dice.oneOf(lengths) / piece.length));
}

/** As random as it gets. */
export function bytes(dice: Dice, length: number): string {
  return Array.from({ length }, () => String.fromCharCode(dice.number(0, 255))).join('');
}

/** With a piece of junk put into it, in place of a part, or around it. */
export function spoil(text: string, dice: Dice): string {
  const at = dice.number(0, text.length);
  switch (dice.number(1, 7)) {
    case 1:
      return text.slice(0, at) + junk(dice) + text.slice(at);
    case 2:
      return text.slice(0, at);
    case 3:
      return junk(dice);
    case 4:
      return text + junk(dice);
    case 5:
      return junk(dice) + text;
    case 6:
      return text.slice(0, at) + junk(dice) + text.slice(at + dice.number(1, 10));
    default:
      return text.slice(at) + text.slice(0, at);
  }
}

/** A number somewhere around a limit. */
export function oddNumber(dice: Dice): string {
  return dice.oneOf([
    '',
    '-1',
    '0',
    '1',
    '00000000001',
    '65535',
    '65536',
    '99999',
    '2147483647',
    '2147483648',
    '4294967295',
    '4294967296',
    '18446744073709551616',
    '1.5',
    '1e9',
    ' 7 ',
    'x',
  ]);
}
