import { ConnectionGate, type Lane } from '../../../src/mysql/database/connection-gate.ts';

const never = new AbortController().signal;

/** Lets as many work in a lane wait as are named, and notes the order in which they get in. */
function queue(gate: ConnectionGate, entered: Lane[], ...lanes: Lane[]): void {
  for (const lane of lanes) void gate.enter(lane, never)?.then(() => void entered.push(lane));
}

/** Lets what can get in get in. */
const settled = () => new Promise(setImmediate);

test('what is urgent goes before calls, and calls before background work, whenever they came', async () => {
  const gate = new ConnectionGate(1);
  const entered: Lane[] = [];
  queue(gate, entered, 'call', 'background', 'call', 'urgent');
  for (let left = 4; left > 1; left--) {
    await settled();
    gate.leave(entered.at(-1)!);
  }
  await settled();
  expect(entered).toEqual(['call', 'urgent', 'call', 'background']);
});

test('background work never holds more than a quarter of the places, and one at least', async () => {
  for (const [places, background] of [
    [8, 2],
    [2, 1],
  ] as const) {
    const gate = new ConnectionGate(places);
    const entered: Lane[] = [];
    queue(gate, entered, ...Array<Lane>(10).fill('background'), 'call');
    await settled();
    expect(entered.filter((lane) => lane === 'background')).toHaveLength(background);
    expect(entered).toContain('call');
  }
});

test('one who gives up waiting leaves the place to the next', async () => {
  const gate = new ConnectionGate(1);
  const entered: Lane[] = [];
  queue(gate, entered, 'call');
  const stop = new AbortController();
  void gate.enter('urgent', stop.signal);
  queue(gate, entered, 'background');
  await settled();
  stop.abort();
  gate.leave('call');
  await settled();
  expect(entered).toEqual(['call', 'background']);
});

test('when a thousand wait already, the next one is refused at once', () => {
  const gate = new ConnectionGate(1);
  queue(gate, [], ...Array<Lane>(1001).fill('call'));
  expect(gate.enter('urgent', never)).toBeNull();
});
