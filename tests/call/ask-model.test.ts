/** Checks digit collection against a model of its rules, for any keys at any pace. */
import fc from 'fast-check';
import { jest } from '@jest/globals';
import { Call, type Answer } from '../../src/call/call.ts';
import { FakeChannel } from '../../src/simulation/fake-channel.ts';
import { passTimeUntil, useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

const promptMs = 5000;
const lengths = new Map([
  ['hotline/enter-code-10', promptMs],
  ['hotline/silence', 20_000],
]);
const timings = { firstDigitTimeoutMs: 7000, interdigitTimeoutMs: 5000 };
const maybeCompleteMs = 2500;

interface Press {
  key: string;
  /** Time since the previous key; never exactly a timeout. */
  gapMs: number;
}

/** The rules of docs/call-flow.md, written as plainly as possible. */
function predictAnswer(presses: readonly Press[], accepted: readonly number[]): Answer {
  let atMs = 0;
  const timed = presses.map(({ key, gapMs }) => ({ key, atMs: (atMs += gapMs) }));
  const nextDigit = (beforeMs: number) => {
    for (let press = timed.shift(); press !== undefined; press = timed.shift()) {
      if (press.atMs > beforeMs) return undefined;
      if (/\d/.test(press.key)) return press;
    }
    return undefined;
  };
  let last = nextDigit(promptMs + timings.firstDigitTimeoutMs);
  let digits = last?.key ?? '';
  while (last !== undefined && digits.length < Math.max(...accepted)) {
    const patienceMs = accepted.includes(digits.length) ? maybeCompleteMs : timings.interdigitTimeoutMs;
    const press = timed.shift();
    if (press === undefined || press.atMs > last.atMs + patienceMs || press.key === '#') break;
    if (press.key === '*') {
      last = nextDigit(press.atMs + timings.firstDigitTimeoutMs);
      digits = last?.key ?? '';
    } else {
      last = press;
      digits += press.key;
    }
  }
  return digits === '' ? { kind: 'silence' } : { kind: 'digits', digits };
}

const press = fc.record({
  key: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(...'0123456789') },
    { weight: 1, arbitrary: fc.constantFrom('*', '#') },
  ),
  gapMs: fc.oneof(
    { weight: 12, arbitrary: fc.constantFrom(50, 150, 950) },
    { weight: 1, arbitrary: fc.constantFrom(2450, 2550, 4950, 5050, 6950, 7050, 11_950, 12_050) },
  ),
});

test.each([[[10]], [[10, 12]], [[1]]])(
  'a question for %j digits returns what was keyed, at any pace and with any stars, hashes and silences',
  async (accepted) => {
    await fc.assert(
      fc.asyncProperty(fc.array(press, { maxLength: 18 }), async (presses) => {
        const channel = new FakeChannel({ lengths });
        const call = new Call(channel, timings);
        await call.answer();
        let atMs = 0;
        const pressing = presses.map(({ key, gapMs }) =>
          setTimeout(() => channel.press(key), (atMs += gapMs)),
        );
        const answer = await passTimeUntil(call.ask({ prompts: ['enter-code-10'], lengths: accepted }));
        pressing.forEach(clearTimeout);
        await call.hangUp();
        jest.clearAllTimers();
        expect(answer).toEqual(predictAnswer(presses, accepted));
      }),
      { numRuns: 60 },
    );
  },
);
