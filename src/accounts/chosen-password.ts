/** Passwords that people choose for themselves: which are refused. */

/** Length of a chosen password, in characters of its composed form (NFC). */
export const chosenPasswordLength = { min: 12, max: 128 } as const;

/**
 * Why a password is refused.
 *
 * - `unprintable`: it has a control character, which no form sends.
 * - `guessable`: see {@link isGuessable}.
 */
export type PasswordFault = 'too-short' | 'too-long' | 'unprintable' | 'guessable';

/**
 * NIST SP 800-63B-4: only length and guesses count; no kinds of characters are asked for.
 *
 * @param known names that a guesser tries: of the user, of the machine
 */
export function findPasswordFault(password: string, known: readonly string[]): PasswordFault | null {
  const composed = password.normalize('NFC');
  const { length } = Array.from(composed);
  if (length < chosenPasswordLength.min) return 'too-short';
  if (length > chosenPasswordLength.max) return 'too-long';
  if (/\p{Cc}/u.test(composed)) return 'unprintable';
  return isGuessable(composed, known) ? 'guessable' : null;
}

/** The refusal in one sentence. */
export function describePasswordFault(fault: PasswordFault): string {
  const { min, max } = chosenPasswordLength;
  switch (fault) {
    case 'too-short':
      return `The password is too short: expected at least ${min} characters`;
    case 'too-long':
      return `The password is too long: expected at most ${max} characters`;
    case 'unprintable':
      return 'The password holds a character that no keyboard types: expected letters, digits, signs and spaces';
    case 'guessable':
      return 'The password is one that is guessed first (common words, names, years, rows of keys, repetitions): expected four words, say, that have nothing to do with each other';
  }
}

/** A password that falls into fewer pieces than this is refused. */
const minPieces = 8;

/**
 * Whether it consists of few pieces that a guesser combines: a common word of Vietnamese or English, of this
 * program, or a known name, without accents and with the usual signs for letters (`m4tkh@u`); three or more equal
 * characters; four or more neighbours in the alphabet, among the digits or on the keyboard; a year; a repetition of what stands
 * before it. Any other character is a piece by itself; blanks are none.
 *
 * @example
 * isGuessable('Matkhau@2026!!!', []); // true: matkhau, @, 2026, !!!
 * isGuessable('lan.lan.lan.lan', ['lan']); // true: lan, ., two repetitions
 * isGuessable('bốn con mèo ngồi', []); // false
 */
function isGuessable(password: string, known: readonly string[]): boolean {
  const text = fold(password);
  const words = [...commonWords, ...known.flatMap((name) => fold(name).split(/[^a-z0-9]/))].filter(
    (word) => word.length >= 3,
  );
  // The fewest pieces up to each place.
  const fewest = [0];
  for (let end = 1; end <= text.length; end++) fewest.push(fewest[end - 1]! + 1);
  for (let start = 0; start < text.length; start++)
    for (const end of [start + 1, ...piecesFrom(text, start, words)])
      for (let to = start + 1; to <= end; to++) fewest[to] = Math.min(fewest[to]!, fewest[start]! + 1);
  return fewest[text.length]! < minPieces;
}

/** Where the longest pieces of each kind end that begin at `start`. */
function piecesFrom(text: string, start: number, words: readonly string[]): number[] {
  const found = words
    .filter((word) => Array.from(word).every((letter, index) => stands(text[start + index], letter)))
    .map((word) => start + word.length);
  if (/^(19|20)\d\d$/.test(text.slice(start, start + 4))) found.push(start + 4);
  return [...found, endOfRun(text, start), endOfRepetition(text, start)];
}

/** Rows of a keyboard, and the steps down its columns. */
const rows = [
  'qwertyuiop',
  'asdfghjkl',
  'zxcvbnm',
  '1234567890',
  '1qaz2wsx3edc4rfv5tgb6yhn7ujm',
  'zaq1xsw2cde3vfr4',
];
const bothWays = rows.flatMap((row) => [row, Array.from(row).reverse().join('')]);

/** Three equal characters, or four neighbours: three of these stand in many words (`con mèo`: o n m). */
function endOfRun(text: string, start: number): number {
  const endOf = (step: number) => {
    let end = start + 1;
    while (end < text.length && text.charCodeAt(end) === text.charCodeAt(end - 1) + step) end++;
    return end;
  };
  const endInRow = (row: string) => {
    let end = start + 1;
    while (end < text.length && row.includes(text.slice(start, end + 1))) end++;
    return end;
  };
  const neighbours = Math.max(endOf(1), endOf(-1), ...bothWays.map(endInRow));
  const equal = endOf(0);
  return Math.max(start + 1, neighbours - start >= 4 ? neighbours : 0, equal - start >= 3 ? equal : 0);
}

/** The longest block from `start` that stands right before it too. */
function endOfRepetition(text: string, start: number): number {
  for (let length = Math.min(start, text.length - start); length >= 2; length--)
    if (text.slice(start, start + length) === text.slice(start - length, start)) return start + length;
  return start + 1;
}

/** Without accents and blanks, in small letters. */
function fold(text: string): string {
  return text
    .normalize('NFKD')
    .replace(/[\p{M}\s]/gu, '')
    .toLowerCase()
    .replaceAll('đ', 'd');
}

const signs: Readonly<Record<string, string>> = {
  ...{ '0': 'o', '1': 'il', '3': 'e', '4': 'a', '5': 's', '7': 't', '8': 'b', '9': 'g' },
  ...{ '@': 'a', $: 's', '!': 'i', '|': 'l', '+': 't' },
};

function stands(sign: string | undefined, letter: string): boolean {
  return sign === letter || (signs[sign ?? ''] ?? '').includes(letter);
}

/** What people build passwords from here. Longer words of these are built from them: `baohiemxahoi`. */
const commonWords = `
  vssid bhxh bhyt baohiem xahoi yte hotline tongdai asterisk console citizen matkhau password passwd
  pass dangnhap login signin letmein welcome secret admin administrator quantri officer canbo viewer
  user root test guest default xinchao hello changeme master super system server computer maytinh
  internet anhyeuem emyeuanh yeu iloveyou love khongbiet khongco hanhphuc maiyeu giadinh vietnam viet
  hanoi saigon hochiminh tphcm danang haiphong cantho nhatrang hue nguyen tran pham hoang huynh phan
  dang bui ngo duong van thi minh anh tuan hung dung thanh phuong linh huong trang thao nam long hai
  quang thang ngay mua xuan thu dong january summer winter spring autumn monday football bongda dragon
  monkey princess sunshine shadow superman batman michael abc qwerty azerty asdf zxcv
`
  .trim()
  .split(/\s+/);
