/** A caller may send no RTP but keys, and is never cut while we speak. */
import { speakDigits } from '../../src/call/prompts.ts';
import { lengths } from '../support/fakes/one-citizen.ts';
import { shippedSections } from '../support/machine/shipped-config.ts';

test('every endpoint waits longer for RTP than the longest time between two keys of a served caller', () => {
  const speechMs = (...names: string[]) => names.reduce((sum, name) => sum + lengths.get(name)!, 0);
  const prompt = (...names: string[]) => speechMs(...names.map((name) => `hotline/${name}`));
  const readingMs = speakDigits('0'.repeat(12)).reduce(
    (sum, name) => sum + speechMs(name.startsWith('digits/') ? name : `hotline/${name}`),
    0,
  );
  // After the last digit of the code: waiting for the database, then two readings of the longest password.
  const tellingMs =
    20_000 +
    prompt('password-intro', 'changed', 'valid-10-minutes', 'change-at-login', 'goodbye') +
    2 * readingMs;
  // Three times silent in the menu; three times silent at the code.
  const menuMs = 3 * (7000 + prompt('menu-silence', 'menu')) + prompt('goodbye');
  const codeMs =
    3 * (7000 + prompt('code-silence', 'enter-code-10-or-12')) + prompt('too-many-silences', 'goodbye');
  const timeouts = shippedSections('pjsip.conf').flatMap(({ lines }) =>
    lines.filter(([key]) => key === 'rtp_timeout').map(([, seconds]) => Number(seconds) * 1000),
  );
  expect(timeouts.length).toBeGreaterThanOrEqual(2);
  expect(Math.min(...timeouts)).toBeGreaterThan(Math.max(tellingMs, menuMs, codeMs));
});
