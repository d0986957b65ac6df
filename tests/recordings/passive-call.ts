/**
 * Length of a call, in ms, by a caller who matches on the first attempt, waits for every prompt to
 * end and keys without hesitating.
 *
 * A reading has 8 digits in groups of 3, 3 and 2, with a pause after each digit and another one between
 * groups. Every digit counts as the longest one: no password may take the call over a
 * minute.
 *
 * @param lengthMs returns the length of a sound
 */
export function passiveCallMs(lengthMs: (sound: string) => number): number {
  const total = (...names: string[]): number =>
    names.reduce((sum, name) => sum + lengthMs(`hotline/${name}`), 0);
  const longestDigit = Math.max(...[...'0123456789'].map((digit) => lengthMs(`digits/${digit}`)));
  const reading = 8 * longestDigit + 9 * lengthMs('hotline/pause');
  const keys = 11 * 600;
  // The pause before please-wait gives the caller time to put the handset back to the ear.
  const questions = total('menu', 'enter-code-10', 'pause', 'please-wait');
  const readings = total('password-intro', 'pause', 'pause', 'changed', 'pause') + 2 * reading;
  return (
    questions +
    keys +
    readings +
    total('pause', 'valid-10-minutes', 'pause', 'change-at-login', 'pause', 'goodbye')
  );
}
