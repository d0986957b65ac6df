import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { callPaths } from '../../../src/call/paths/call-paths.ts';
import { costOf, soundsOf, stepsOf, type CallPath } from '../../../src/call/paths/path-cost.ts';
import { shippedScript } from '../../support/fakes/shipped-script.ts';

const lengths: Readonly<Record<string, number>> = {
  'hotline/fee': 2500,
  'hotline/menu': 10_000,
  'hotline/enter-code-10': 7000,
  'hotline/enter-code-10-or-12': 8000,
  'hotline/valid-5-minutes': 2000,
  'hotline/valid-10-minutes': 3000,
  'hotline/pause': 400,
  'digits/3': 500,
  'digits/7': 600,
};
const lengthMs = (sound: string) => lengths[sound] ?? 0;
const cost = (steps: readonly string[], settings = {}, maxSeconds?: number) => {
  const path: CallPath = { led: [], steps, ...(maxSeconds !== undefined && { maxSeconds }) };
  return costOf(path, { ...shippedScript, ...settings }, lengthMs);
};

test('prompts, keys and silences add up, usual and worst', () => {
  expect(cost(['menu', 'keys 1', 'enter-code-10', 'keys 10', 'silence'])).toMatchObject({
    usualMs: 10_000 + 600 + 7000 + 6000 + 7000,
    worstMs: 10_000 + 7000 + 7000 + (7000 + 9 * 5000) + 7000,
  });
});

test('a reading has the longest digits, a pause behind each, and one more between its groups', () => {
  expect(cost(['reading'])).toMatchObject({ usualMs: 8 * (600 + 400) + 2 * 400 });
  expect(cost(['reading'], { passwordLength: 6 })).toMatchObject({ usualMs: 6 * 1000 + 400 });
});

test('what the installation has set is what is counted', () => {
  const twelve = { codeLengths: [10, 12] };
  expect(cost(['enter-code-10', 'keys 10'], twelve)).toMatchObject({ usualMs: 8000 + 12 * 600 });
  expect(cost(['valid-10-minutes'], { passwordValidMinutes: 5 })).toMatchObject({ usualMs: 2000 });
  expect(cost(['valid-10-minutes'], { passwordValidMinutes: 0 })).toMatchObject({ usualMs: 0 });
});

test('where the fee is said, it is the beginning of every call', () => {
  expect(stepsOf({ led: [], steps: ['menu', 'fault'] }, { isFeeSaid: true })).toEqual([
    'fee',
    'menu',
    'fault',
  ]);
  const [without, unknown, withFee] = [false, null, true].map(
    (isFeeSaid) => cost(['menu'], { isFeeSaid }).usualMs,
  );
  expect([without, unknown, withFee]).toEqual([10_000, 10_000, 12_500]);
});

test('each minute begun costs 1.000 đồng', () => {
  const menus = (count: number) => cost(Array.from({ length: count }, () => 'menu'));
  expect([menus(6), menus(7)]).toMatchObject([{ usualVnd: 1000 }, { usualVnd: 2000 }]);
});

test('a path that takes longer than it may is over its limit', () => {
  expect(cost(['menu'], {}, 10).isOver).toBe(false);
  expect(cost(['menu', 'pause'], {}, 10).isOver).toBe(true);
});

test('every sound of every path has a recording', () => {
  const sounds = callPaths.flatMap(({ steps }) => steps.flatMap((step) => soundsOf(step, shippedScript)));
  const missing = sounds.filter(
    (sound) => !existsSync(join(import.meta.dirname, '../../../sounds/vi', `${sound}.alaw`)),
  );
  expect(new Set(sounds).size).toBeGreaterThan(20);
  expect(missing).toEqual([]);
});
