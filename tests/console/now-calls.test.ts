/** How many calls *Now* says are under way. */
import { maxOpenCalls, type Live } from '../../src/registry/live-figures.ts';
import { openConsole, Visitor } from '../support/console/browse.ts';
import { MemoryConsole } from '../support/console/memory-console.ts';
import { sampleLive } from '../support/console/samples.ts';

/** With one call under way here. @param listed of another process @param openCallCount with ours, if its row is there */
async function countShown(listed: number, openCallCount: number): Promise<string | undefined> {
  const memory = new MemoryConsole();
  memory.liveFigures = { ...sampleLive(), openCalls: callsElsewhere(listed), openCallCount };
  const server = await openConsole(memory);
  const visitor = new Visitor(server);
  await visitor.signIn('lan');
  const { body } = await visitor.get('/now');
  await server.close();
  return /<h2>Cuộc gọi đang diễn ra: ([^<]*)</.exec(body)?.[1];
}

function callsElsewhere(count: number): Live['openCalls'] {
  const [call] = sampleLive().openCalls;
  return Array.from({ length: count }, (_, at) => ({ ...call!, callId: `call-${at}` }));
}

test.each([
  ['as many as are listed', 2, 3, '3'],
  ['one more than the database knows yet', 2, 2, '3'],
  ['none that has ended since: its row goes last', 0, 4, '1'],
  ['also those beyond the list', maxOpenCalls, 1234, '1.234'],
  ['a list that is full', maxOpenCalls, maxOpenCalls, '201'],
])('it counts %s', async (_, listed, all, shown) => expect(await countShown(listed, all)).toBe(shown));
