/** Steps of calls that end together are kept together, and none keeps those of others waiting. */
import { GatheredSteps } from '../../src/records/gathered-steps.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';
import type { KeptSteps } from '../../src/registry/call-records.ts';
import { passTimeUntil, useFakeTime } from '../support/fakes/scripted-call.ts';

useFakeTime();

/** Keeps steps, and notes of which calls each statement was; fails if one of them is refused. */
function gathering(refused: ReadonlySet<string> = new Set()) {
  const statements: string[][] = [];
  const keepSteps = async (kept: readonly KeptSteps[]) => {
    const calls = kept.map(({ callId }) => callId);
    statements.push(calls);
    if (calls.some((callId) => refused.has(callId))) throw new RegistryUnavailable('refused');
  };
  const gathered = new GatheredSteps({ keepSteps });
  const add = (callId: string) =>
    gathered.add({ callId, steps: '[]' }).then(
      () => `${callId} kept`,
      () => `${callId} not kept`,
    );
  return { statements, add, gathered };
}

test('calls that end within a moment share a statement, and later ones have another', async () => {
  const { statements, add } = gathering();
  expect(await passTimeUntil(Promise.all(['a', 'b', 'c'].map(add)))).toEqual(['a kept', 'b kept', 'c kept']);
  expect(await passTimeUntil(add('d'))).toBe('d kept');
  expect(statements).toEqual([['a', 'b', 'c'], ['d']]);
});

test('none waits for others while rows are flushed', async () => {
  const { statements, add, gathered } = gathering();
  const early = add('a');
  await gathered.hurryDuring(async () => {
    expect([await early, await add('b')]).toEqual(['a kept', 'b kept']);
  });
  expect(statements).toEqual([['a'], ['b']]);
});

test('a thousand are kept fifty at a time', async () => {
  const { statements, add } = gathering();
  await passTimeUntil(Promise.all(Array.from({ length: 1000 }, (_, call) => add(`${call}`))));
  expect(statements.map((calls) => calls.length)).toEqual(Array(20).fill(50));
});

test('steps that the database does not take fail with those they were with, once, and from then on alone', async () => {
  const { statements, add } = gathering(new Set(['b']));
  expect(await passTimeUntil(Promise.all(['a', 'b'].map(add)))).toEqual(['a not kept', 'b not kept']);
  const again = ['b', 'a', 'c'].map(add);
  expect(await passTimeUntil(Promise.all(again))).toEqual(['b not kept', 'a kept', 'c kept']);
  expect(statements).toEqual([['a', 'b'], ['c'], ['b'], ['a']]);
});
