/** A person with a personal ID beside the BHXH code is found by either. */
import { subjectKey } from '../../src/accounts/subject-key.ts';
import {
  hiddenIn,
  noticesIn,
  openVisited,
  type Visitor,
  type VisitedConsole,
} from '../support/console/browse.ts';
import type { MemoryConsole } from '../support/console/memory-console.ts';

let memory: MemoryConsole;
let server: VisitedConsole['server'];
let visitor: Visitor;
beforeEach(async () => {
  ({ memory, server, visitor } = await openVisited());
  await visitor.signIn('admin');
});
afterEach(() => server.close());

const [code, personalId] = ['0123456789', '012345678901'];

test('a search for the calls of one code looks for both', async () => {
  const keys = [code, personalId].flatMap((each) =>
    ['a1', 'b2'].map((half) => subjectKey(half.repeat(32), 'code', each)),
  );
  for (const sought of [code, '012 345 678 901']) {
    await visitor.send('/calls', '/calls/search', { kind: 'code', sought });
    await visitor.get('/calls');
    expect(memory.filters.at(-1)).toEqual({ codeKeys: keys });
    expect(memory.acts.at(-1)).toMatchObject({ codeKey: keys[0] });
  }
});

test('an account that is blocked by its personal ID is blocked by its BHXH code', async () => {
  const look = async (typed: string) => (await visitor.send('/account', '/account', { code: typed })).body;
  const seen = hiddenIn(await look(personalId), 'seen');
  const change = { code: personalId, seen, state: 'blocked', reason: 'mất SIM' };
  expect(noticesIn((await visitor.send('/account', '/account/change', change)).body)).toEqual(['Đã lưu.']);
  expect(memory.blocks.get(code)).toMatchObject({ state: 'blocked' });
  expect(await look(code)).toContain('mất SIM');
});
