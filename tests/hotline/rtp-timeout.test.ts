/** A caller may send no RTP but keys, and is never cut while we speak. */
import { speakDigits } from '../../src/call/prompts.ts';
import { settingsOf, snippets } from '../support/book.ts';
import { lengths } from '../support/fakes/one-citizen.ts';
import { shippedSections } from '../support/machine/shipped-config.ts';

/** Of the endpoints in the files that are shipped, and of those that the documents have an admin write, ms. */
const shipped = shippedSections('pjsip.conf').flatMap(({ lines }) => timeouts(lines));
const written = [
  ['admin.md', '## Point a trunk at it'],
  ['trunks.md', '## The outbound trunk'],
  ['trunks.md', '## A phone of your own'],
].flatMap(([document, section]) =>
  snippets(document!, section!, 'ini').flatMap((block) =>
    timeouts(settingsOf(block).map(([, setting, value]) => [setting, value])),
  ),
);

function timeouts(lines: readonly (readonly [setting: string, value: string])[]): number[] {
  return lines.filter(([setting]) => setting === 'rtp_timeout').map(([, seconds]) => Number(seconds) * 1000);
}

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
    prompt('password-intro', 'changed', 'offer-reading', 'valid-1440-minutes', 'change-at-login', 'goodbye') +
    2 * readingMs;
  // Three times silent in the menu; three times silent at the code.
  const menuMs = 3 * (7000 + prompt('menu-silence', 'menu')) + prompt('goodbye');
  const codeMs =
    3 * (7000 + prompt('code-silence', 'enter-code-10-or-12')) + prompt('too-many-silences', 'goodbye');
  expect(shipped.length).toBeGreaterThanOrEqual(2);
  expect(written).toHaveLength(3);
  expect(Math.min(...shipped, ...written)).toBeGreaterThan(Math.max(tellingMs, menuMs, codeMs));
});
