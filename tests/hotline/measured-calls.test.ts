/** What is told of calls to those who count them. */
import { listen, type Measurements } from '../../src/measured.ts';
import { code, hotlineWithCitizen, keying, lengths, phone } from '../support/fakes/one-citizen.ts';
import { placeScriptedCall, useFakeTime } from '../support/fakes/scripted-call.ts';
import type { Caller } from '../../src/simulation/scripted-caller.ts';

useFakeTime();

/** Everything of one kind that was told during a call. */
async function told<Name extends keyof Measurements>(
  name: Name,
  caller: Caller,
): Promise<Measurements[Name][]> {
  const heard: Measurements[Name][] = [];
  const stop = listen(name, (measured) => heard.push(measured));
  await placeScriptedCall(hotlineWithCitizen().hotline, { callerNumber: phone, lengths, caller });
  stop();
  return heard;
}

test('silence is measured from the last key to the first thing that is heard', async () => {
  const silences = await told('deadAir', keying(code.slice(1), '0912345679', code));
  expect(silences.map(({ prompt }) => prompt)).toEqual(['code-length', 'please-wait', 'please-wait']);
  for (const { ms } of silences) expect(ms).toBeGreaterThan(0);
});

test('an ending is told once, as the row of the call has it', async () => {
  expect(await told('call', keying(code))).toEqual([
    { kind: 'call', outcome: 'changed', reason: 'heard, then stored', ms: expect.any(Number) },
  ]);
});

test('steps have the length of what they end: answers, sentences, the answer to the call', async () => {
  const steps = await told('step', keying(code));
  const timed = steps.filter(({ ms }) => ms !== undefined);
  expect(new Set(timed.map(({ kind }) => kind))).toEqual(
    new Set(['answered', 'opening', 'code', 'reset', 'said', 'cut']),
  );
  const said = timed.filter(({ kind }) => kind === 'said');
  expect(Math.max(...said.map(({ ms }) => ms!))).toBeGreaterThan(0); // the code runs in real time, the sounds do not
});

test('nothing that is told of a call holds a digit that was keyed or spoken, or a number', async () => {
  const all = [
    await told('step', keying('0912345679', code)),
    await told('deadAir', keying(code)),
    await told('call', keying(code)),
  ];
  const words = JSON.stringify(all, (name, value: unknown) => (name === 'ms' ? undefined : value));
  expect(words.replace(/\b8 digits|enter-code-10|valid-10-minutes/g, '')).not.toMatch(/\d/);
});
