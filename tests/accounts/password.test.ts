import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { hashPassword, verifyPassword } from '../../src/accounts/password-hash.ts';
import { generatePassword, isObvious, isPieceOf } from '../../src/accounts/password.ts';

describe('a new password', () => {
  test('has the requested number of digits, is not obvious and is not part of the number or code', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 6, max: 12 }),
        fc.stringMatching(/^\+84[0-9]{9}$/),
        fc.stringMatching(/^[0-9]{10}$/),
        (length, phone, code) => {
          const password = generatePassword(length, [phone, code]);
          expect(password).toMatch(new RegExp(`^[0-9]{${length}}$`));
          expect(isObvious(password)).toBe(false);
          expect(isPieceOf(password, [phone, code])).toBe(false);
        },
      ),
    );
  });

  test.each(['00000000', '12345678', '87654321', '12121212', '12341234', '90123456', '55550192', '11221122'])(
    '%s is too obvious',
    (password) => {
      expect(isObvious(password)).toBe(true);
    },
  );

  test.each(['70291846', '012012', '193846', '10293847'])(
    '%s: only the repetition is refused',
    (password) => {
      expect(isObvious(password)).toBe(password === '012012');
    },
  );

  test.each([
    ['912345', '+84912345678'],
    ['091234', '+84912345678'],
    ['849123', '+84912345678'],
    ['234567', '0123456789'],
  ])('%s is part of %s', (password, known) => {
    expect(isPieceOf(password, [known])).toBe(true);
  });

  test('uses every digit in every position', () => {
    const seen = new Set<string>();
    for (let i = 0; i < 2000; i++)
      Array.from(generatePassword(8)).forEach((digit, place) => seen.add(`${place}${digit}`));
    expect(seen.size).toBe(80);
  });
});

describe('its hash', () => {
  test('is argon2id with the parameters of the standard, and a fresh salt each time', async () => {
    const [one, other] = await Promise.all([hashPassword('70291846'), hashPassword('70291846')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
    expect(one).not.toBe(other);
  });

  test('verifies the password and nothing else', async () => {
    const hash = await hashPassword('70291846');
    expect(await verifyPassword(hash, '70291846')).toBe(true);
    expect(await verifyPassword(hash, '70291847')).toBe(false);
    expect(await verifyPassword('not a hash', '70291846')).toBe(false);
  });
});

test('nothing but a simulation draws the digits from elsewhere than the CSPRNG of the system', () => {
  const root = join(import.meta.dirname, '../../src');
  const setters = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (name) =>
      name.endsWith('.ts') &&
      /\bdrawDigit\b\s*(?::|=|\()|\{ drawDigit\b/.test(readFileSync(join(root, name), 'utf8')),
  );
  expect(setters.filter((name) => !name.startsWith('simulation/'))).toEqual([]);
  expect(setters).toContain('simulation/simulate-seed.ts');
});
