import { measureActiveRms, ceilingDb, level, levelDb, trim } from '../../src/recordings/finish.ts';

const rate = 8000;
const db = (amplitude: number): number => 20 * Math.log10(amplitude);
const peakOf = (samples: Float32Array): number => samples.reduce((peak, s) => Math.max(peak, Math.abs(s)), 0);

/** A tone of the given amplitude with silence before and after it. */
function makeTone(amplitude: number, toneMs: number, beforeMs = 0, afterMs = 0): Float32Array {
  const at = (ms: number): number => (ms * rate) / 1000;
  const samples = new Float32Array(at(beforeMs + toneMs + afterMs));
  for (let i = at(beforeMs); i < at(beforeMs + toneMs); i++) samples[i] = amplitude * Math.sin(i * 0.7);
  return samples;
}

test('silence around a recording is cut to 30 ms before and 60 ms after', () => {
  expect(trim(makeTone(0.3, 400, 700, 900), rate)).toHaveLength(((30 + 400 + 60) * rate) / 1000);
});

test('a recording without any silence gets the same quiet edges', () => {
  expect(trim(makeTone(0.3, 400), rate)).toHaveLength(((30 + 400 + 60) * rate) / 1000);
});

test('a recording without audible sound is distinguished from speech', () => {
  expect(trim(makeTone(0.0005, 400, 100, 100), rate)).toBeUndefined();
});

test.each([0.001, 0.02, 0.9])(
  'a recording of amplitude %p is set to telephone level, not counting pauses',
  (amplitude) => {
    const finished = level(makeTone(amplitude, 400, 300, 600), rate);
    expect(db(measureActiveRms(finished, rate))).toBeCloseTo(levelDb, 0);
  },
);

test('a shout in a quiet recording is limited to the ceiling', () => {
  const samples = makeTone(0.01, 3000);
  samples.set(makeTone(0.8, 5), 12_000);
  expect(db(peakOf(level(samples, rate)))).toBeLessThanOrEqual(ceilingDb + 0.01);
});

test('a recording that is loud from the first sample starts and ends at zero', () => {
  const finished = level(makeTone(0.5, 400), rate);
  expect([finished[0], finished.at(-1)]).toEqual([0, 0]);
});
