import fc from 'fast-check';
import { everySound, groupDigits, soundOf, speakDigits } from '../../src/call/prompts.ts';

describe('a password read aloud', () => {
  test('is spoken in groups of two or three, every digit once and in order', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9]{6,12}$/), (digits) => {
        const groups = groupDigits(digits);
        expect(groups.join('')).toBe(digits);
        for (const group of groups) expect([2, 3]).toContain(group.length);
      }),
    );
  });

  test('has one pause after each digit and one more between groups', () => {
    expect(speakDigits('12345678')).toEqual([
      'digits/1', 'pause', 'digits/2', 'pause', 'digits/3', 'pause', 'pause',
      'digits/4', 'pause', 'digits/5', 'pause', 'digits/6', 'pause', 'pause',
      'digits/7', 'pause', 'digits/8', 'pause',
    ]); // prettier-ignore
  });
});

test('digits and prompts have their own folders, and all of them are checked at start', () => {
  expect(soundOf('digits/7')).toBe('digits/7');
  expect(soundOf('mismatch')).toBe('hotline/mismatch');
  expect(everySound()).toEqual(
    expect.arrayContaining(['digits/0', 'digits/9', 'hotline/mismatch', 'hotline/silence']),
  );
});
