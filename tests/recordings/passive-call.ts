/**
 * How long a caller who matches at the first try, waits for every prompt to end, and dawdles over
 * no key is on the line, in ms.
 *
 * The reading is 8 digits in groups of 3, 3 and 2, half a second after each digit and one more
 * between groups. The longest digit is taken for all of them: no password may break the minute.
 *
 * @param lengthMs length of a sound
 */
export function passiveCallMs(lengthMs: (sound: string) => number): number {
  const total = (...names: string[]): number =>
    names.reduce((sum, name) => sum + lengthMs(`hotline/${name}`), 0);
  const longestDigit = Math.max(...[...'0123456789'].map((digit) => lengthMs(`digits/${digit}`)));
  const reading = 8 * longestDigit + 9 * lengthMs('hotline/pause');
  const keys = 11 * 600;
  // The pause before please-wait: the handset is on its way back to the ear.
  const questions = total('menu', 'enter-code-10', 'pause', 'please-wait');
  const readings = total('password-intro', 'pause', 'pause', 'changed', 'pause') + 2 * reading;
  return (
    questions +
    keys +
    readings +
    total('pause', 'valid-10-minutes', 'pause', 'change-at-login', 'pause', 'goodbye')
  );
}
