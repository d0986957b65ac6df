/** How long a caller waits who presses no key that is not needed, by the recordings. */
import { keying, code, hotlineWithCitizen, lengths, phone } from '../support/fakes/one-citizen.ts';
import { placeScriptedCall, useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

/** An unhurried key, ms. */
const keyMs = 600;
/** What a busy machine may add to the recordings, ms. */
const marginMs = 1000;

const lengthMs = (sound: string): number => lengths.get(sound)!;
/** No password may take the call over a minute: every digit counts as the longest one. */
const longestDigitMs = Math.max(...Array.from('0123456789', (digit) => lengthMs(`digits/${digit}`)));
const worst = new Map(
  [...lengths].map(([sound, ms]) => [sound, sound.startsWith('digits/') ? longestDigitMs : ms]),
);

/** Waits for the end of the question. */
const unhurried: Caller = (sound, line) => {
  if (sound !== 'hotline/enter-code-10') return;
  for (const [index, key] of Array.from(code).entries())
    line.after(lengthMs(sound) + (index + 1) * keyMs, () => line.press(key));
};

/** From Stasis to the end, ms. */
async function branchMs(passwordValidMinutes: number, caller: Caller): Promise<number> {
  const { hotline } = hotlineWithCitizen();
  const script = { ...hotline.script, passwordValidMinutes };
  const begun = Date.now();
  await placeScriptedCall({ ...hotline, script }, { callerNumber: phone, lengths: worst, caller });
  return Date.now() - begun;
}

/** From the answer of the PBX to the end, ms: the menu, the key 8, and the rest. */
async function callMs(passwordValidMinutes: number): Promise<number> {
  return lengthMs('hotline/menu') + keyMs + (await branchMs(passwordValidMinutes, unhurried));
}

test.each([0, 5, 10, 30, 60, 1440])(
  'a caller who matches at the first attempt and waits for every prompt is done within a minute (valid for %i minutes)',
  async (minutes) => {
    expect(await callMs(minutes)).toBeLessThanOrEqual(60_000 - marginMs);
  },
);

test('a caller who knows the menu, and keys 8 and the code at once, is done within 35 s', async () => {
  const keyedAhead: Caller = (sound, line) => {
    if (sound === 'hotline/enter-code-10') line.press(code);
  };
  const elevenKeysMs = 11 * 80;
  expect(elevenKeysMs + (await branchMs(10, keyedAhead))).toBeLessThanOrEqual(35_000);
});

test('a caller who is told the fee before the menu is done within a minute by the recordings', async () => {
  expect(lengthMs('hotline/fee') + (await callMs(10))).toBeLessThanOrEqual(60_000);
});

test('a caller who is told the other ways after a refusal, and then waits, is done within a minute too', async () => {
  const { hotline } = hotlineWithCitizen();
  const begun = Date.now();
  const caller: Caller = (sound, line, index) => {
    keying()(sound, line, index);
    if (sound === 'hotline/offer-operator') line.after(lengthMs(sound), () => line.press('1'));
  };
  const channel = await placeScriptedCall(hotline, { callerNumber: '', lengths, caller });
  expect(channel.heard.map(({ sound }) => sound)).toContain('hotline/other-ways-forms');
  expect(lengthMs('hotline/menu') + keyMs + Date.now() - begun).toBeLessThanOrEqual(60_000 - marginMs);
});
