import { availableParallelism } from 'node:os';
import fc from 'fast-check';
import { hashesAtOnce, hashing, hashPassword } from '../../src/accounts/password-hash.ts';

const shipped = hashing.concurrency;
afterEach(() => void (hashing.concurrency = shipped));

test('however work comes and ends, never more than the limit runs, none is lost, and turns go in order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.array(fc.record({ ticks: fc.nat(5), fails: fc.boolean() }), { maxLength: 30 }),
      async (limit, pieces) => {
        hashing.concurrency = limit;
        let [running, most] = [0, 0];
        const begun: number[] = [];
        const work = pieces.map(({ ticks, fails }, index) =>
          hashing(async () => {
            begun.push(index);
            most = Math.max(most, ++running);
            for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve));
            running--;
            if (fails) throw new Error(String(index));
            return index;
          }),
        );
        const results = await Promise.allSettled(work);
        expect(results.map((result) => result.status === 'rejected')).toEqual(
          pieces.map(({ fails }) => fails),
        );
        expect(most).toBeLessThanOrEqual(limit);
        expect(begun).toEqual(pieces.map((_, index) => index));
        expect(hashing.pendingCount).toBe(0);
      },
    ),
    { numRuns: 50 },
  );
});

test('hashing leaves the calls a core of their own, where there is more than one', () => {
  expect([1, 2, 4, 64].map(hashesAtOnce)).toEqual([1, 1, 2, 2]);
  expect(shipped).toBe(hashesAtOnce(availableParallelism()));
});

test('every hash waits its turn', async () => {
  hashing.concurrency = 1;
  const hashes = ['one', 'two', 'three'].map(hashPassword);
  expect([hashing.activeCount, hashing.pendingCount]).toEqual([1, 2]);
  expect(new Set(await Promise.all(hashes)).size).toBe(3);
  expect([hashing.activeCount, hashing.pendingCount]).toEqual([0, 0]);
});
