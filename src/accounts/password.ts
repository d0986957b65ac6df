/**
 * A new password: random digits that a person can hear, remember for a minute and key in. It is
 * temporary by design (NIST SP 800-63B-4: at least 6 digits, CSPRNG, short-lived, changed at first login).
 */
import { randomInt } from 'node:crypto';

/** Draws a digit, 0 to 9. */
export type DrawDigit = () => number;

const drawSecurely: DrawDigit = () => randomInt(10);

/**
 * Draws `length` (6–12) digits from the system's CSPRNG. Draws again while they are obvious or part
 * of any of `known` (the caller's number, the code), which keeps all remaining passwords equally likely.
 *
 * @param draw another source, for a simulation that can be repeated
 */
export function generatePassword(
  length: number,
  known: readonly string[] = [],
  draw: DrawDigit = drawSecurely,
): string {
  for (;;) {
    const password = Array.from({ length }, draw).join('');
    if (!isObvious(password) && !isPieceOf(password, known)) return password;
  }
}

/** Whether `password` is part of one of `known`, in national form or in E.164. */
export function isPieceOf(password: string, known: readonly string[]): boolean {
  return known.some((text) => {
    const digits = text.replace(/\D/g, '');
    return digits.includes(password) || digits.replace(/^84/, '0').includes(password);
  });
}

/**
 * Whether a guesser would try it first: four or more equal or consecutive digits in a row (0000,
 * 1234, 4321), a block repeated to the end (123123), or fewer than four different digits.
 */
export function isObvious(password: string): boolean {
  const digits = Array.from(password, Number);
  return (
    [0, 1, -1].some((step) => longestRun(digits, step) >= 4) ||
    isRepetition(password) ||
    new Set(digits).size < 4
  );
}

/** Length of the longest run in which each digit is the previous one plus `step`. */
function longestRun(digits: readonly number[], step: number): number {
  let run = 1;
  let longest = 1;
  for (let i = 1; i < digits.length; i++) {
    run = digits[i] === (digits[i - 1] ?? 0) + step ? run + 1 : 1;
    longest = Math.max(longest, run);
  }
  return longest;
}

function isRepetition(password: string): boolean {
  return (password + password).indexOf(password, 1) < password.length;
}
