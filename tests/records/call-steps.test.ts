/** The steps of one call: how they are spelt, and that a caller cannot make them many. */
import { boundSteps, CallSteps } from '../../src/records/call-steps.ts';
import { readSteps, spellStep } from '../../src/registry/call-steps.ts';

test('steps are read as they were noted, with what they say and how long they took', () => {
  const steps = new CallSteps(performance.now());
  steps.note('arrived');
  steps.note('code', 'mismatch', 8.6);
  steps.note('fault', 'PlaybackFailed');
  expect(readSteps(String(steps))).toEqual([
    { atMs: expect.any(Number), kind: 'arrived' },
    { atMs: expect.any(Number), kind: 'code', detail: 'mismatch', tookMs: 9 },
    { atMs: expect.any(Number), kind: 'fault', detail: 'PlaybackFailed' },
  ]);
});

test.each(['key', 'held'] as const)(
  'ten thousand of %s leave the first and the last steps, in 4,000 bytes',
  (kind) => {
    const steps = new CallSteps(performance.now());
    steps.note('answered');
    for (let step = 0; step < 10_000; step++) steps.note(kind);
    steps.note('ended', 'hung-up');
    expect(String(steps).length).toBeLessThanOrEqual(4000);
    const read = readSteps(String(steps));
    expect(read[0]).toMatchObject({ kind: 'answered' });
    expect(read.at(-1)).toMatchObject({ kind: 'ended', detail: 'hung-up' });
    const [omitted] = read.flatMap((step) => ('omitted' in step ? [step.omitted] : []));
    expect(read.length - 1 + omitted!).toBe(10_002);
  },
);

test('a step of any length and with any characters takes its part of the room, and is ASCII', () => {
  const spelt = spellStep({ atMs: 1, kind: 'fault', detail: `"é\n${'x'.repeat(10_000)}` });
  expect(readSteps(`[${spelt}]`)).toEqual([{ atMs: 1, kind: 'fault', detail: `"${'x'.repeat(119)}` }]);
  expect(boundSteps(Array(1000).fill(spelt)).length).toBeLessThanOrEqual(4000);
});
