/** Hundreds of callers whom nobody has written down, and what is promised to each. */
import { countOf } from '../../src/count-of.ts';
import { simulateSeed } from '../../src/simulation/simulate-seed.ts';
import { brokenIn, hotline } from './simulated-hotline.ts';

const seeds = Array.from({ length: 200 }, (_, index) => index + 1);

describe.each([{ faults: false }, { faults: true }])(
  '200 random callers, with faults: $faults',
  ({ faults }) => {
    const outcomes = new Map<string, number>();
    const told = new Set<string>();

    test('every promise of the hotline is kept to each', async () => {
      const broken: unknown[] = [];
      for (const seed of seeds) {
        const report = await simulateSeed(hotline, { seed, faults });
        if (brokenIn(report).length > 0) broken.push({ seed, broken: brokenIn(report) });
        const outcome = report.outcome ?? 'the menu';
        for (const event of report.events) if (event.kind === 'trouble') told.add(event.what);
        outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
      }
      expect(broken).toEqual([]);
    });

    test('trouble of every kind strikes, or none', () => {
      const words = [
        'unreachable',
        'no answer',
        'is back',
        'takes',
        'is lost',
        'not play',
        'loses',
        'noticed',
      ];
      const struck = words.filter((word) => [...told].some((what) => what.includes(word)));
      expect(struck).toEqual(faults ? words : []);
    });

    test('they are callers of every kind', () => {
      const kinds = ['changed', 'mismatch', 'hung-up', 'no-identity', 'operator', 'the menu'];
      expect([...outcomes.keys()]).toEqual(expect.arrayContaining(faults ? [...kinds, 'fault'] : kinds));
      expect(outcomes.has('fault')).toBe(faults);
      expect(countOf(outcomes.get('changed')!, 'change')).toMatch(/^(?:[4-9]\d|1\d\d) changes$/);
    });
  },
);

test('the same seed makes the same call, to the millisecond and the digit', async () => {
  for (const seed of seeds.slice(0, 20)) {
    const twice = [];
    for (let time = 0; time < 2; time++) twice.push(await simulateSeed(hotline, { seed, faults: true }));
    expect(twice[0]).toEqual(twice[1]);
  }
});

test('another seed makes another call', async () => {
  const calls = [];
  for (const seed of seeds.slice(0, 20)) calls.push(await simulateSeed(hotline, { seed, faults: false }));
  expect(new Set(calls.map((call) => JSON.stringify(call))).size).toBeGreaterThan(17);
});
