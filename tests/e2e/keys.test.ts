/** Every key arrives once, at any speed a person or a phone's memory has. A code with one digit lost or doubled would not match. */
import { closeRegistryDatabase, newCitizen } from '../support/citizens.ts';
import { callFrom } from '../support/phone-call.ts';

afterAll(closeRegistryDatabase);

const speeds = [
  { toneMs: 40, gapMs: 40 },
  { toneMs: 60, gapMs: 40 },
  { toneMs: 40, gapMs: 100 },
  { toneMs: 100, gapMs: 60 },
  { toneMs: 250, gapMs: 300 },
];
/** Repeated digits are what a doubled or lost key cannot hide in. */
const codeOf = (index: number, group: number): string => `${'0011223344'.slice(0, 8)}${group}${index}`;

test.concurrent.each(speeds.map((speed, index) => ({ ...speed, index })))(
  'keys of $toneMs ms with gaps of $gapMs ms, cutting the question short',
  async ({ index, ...speed }) => {
    const citizen = await newCitizen(codeOf(index, 5));
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/menu');
    await call.keys('8', speed);
    await call.hears('hotline/enter-code-10');
    await call.keys(citizen.code, speed);
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);

test.concurrent.each(speeds.map((speed, index) => ({ ...speed, index })))(
  'keys of $toneMs ms with gaps of $gapMs ms, after the question',
  async ({ index, ...speed }) => {
    const citizen = await newCitizen(codeOf(index, 6));
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/menu');
    await call.keys('8', speed);
    await call.heardToEnd('hotline/enter-code-10');
    await call.keys(citizen.code, speed);
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);

test.concurrent.each(speeds.map((speed, index) => ({ ...speed, index })))(
  'keys of $toneMs ms with gaps of $gapMs ms, all keyed ahead at the menu',
  async ({ index, ...speed }) => {
    const citizen = await newCitizen(codeOf(index, 7));
    const call = await callFrom(citizen.phone);
    await call.hears('hotline/menu');
    await call.keys(`8${citizen.code}`, speed);
    await call.hears('hotline/password-intro');
    await call.hangUp();
  },
);
