import { subjectKey } from '../../src/accounts/subject-key.ts';

const secret = '0'.repeat(64);

test('the key of a subject is 64 hexadecimal digits and always the same', () => {
  expect(subjectKey(secret, 'code', '0123456789')).toMatch(/^[0-9a-f]{64}$/);
  expect(subjectKey(secret, 'code', '0123456789')).toBe(subjectKey(secret, 'code', '0123456789'));
});

test('another secret, another kind and another value give another key', () => {
  const keys = [
    subjectKey(secret, 'code', '0123456789'),
    subjectKey('1'.repeat(64), 'code', '0123456789'),
    subjectKey(secret, 'phone', '0123456789'),
    subjectKey(secret, 'code', '0123456780'),
  ];
  expect(new Set(keys).size).toBe(4);
});
