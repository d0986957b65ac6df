/** Every key arrives once, at the speed of a person or a speed dial. A lost or doubled key would not match. */
import type { KeyTiming } from '../../src/sip-caller/key-script.ts';
import type { ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { closeRegistryDatabase, newCitizen } from '../support/machine/citizens.ts';
import { callFrom } from '../support/machine/phone-call.ts';

afterAll(closeRegistryDatabase);

const speeds = [
  { toneMs: 40, gapMs: 40 },
  { toneMs: 60, gapMs: 40 },
  { toneMs: 40, gapMs: 100 },
  { toneMs: 100, gapMs: 60 },
  { toneMs: 250, gapMs: 300 },
];

/** When the code is keyed, starting at the menu. */
const moments: Record<string, (call: ScriptedCall, code: string, speed: KeyTiming) => Promise<void>> = {
  'cutting the question short': async (call, code, speed) => {
    await call.keys('8', speed);
    await call.hears('hotline/enter-code-10');
    await call.keys(code, speed);
  },
  'after the question': async (call, code, speed) => {
    await call.keys('8', speed);
    await call.heardToEnd('hotline/enter-code-10');
    await call.keys(code, speed);
  },
  'all keyed ahead at the menu': (call, code, speed) => call.keys(`8${code}`, speed),
};

const cases = Object.entries(moments).flatMap(([moment, key], group) =>
  // With repeated digits, a doubled or lost key always shows.
  speeds.map((speed, index) => ({ ...speed, moment, key, code: `00112233${group}${index}` })),
);

test.concurrent.each(cases)(
  'keys of $toneMs ms with gaps of $gapMs ms, $moment',
  async ({ toneMs, gapMs, key, code }) => {
    const citizen = await newCitizen(code);
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/menu');
    await key(call, citizen.code, { toneMs, gapMs });
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);
