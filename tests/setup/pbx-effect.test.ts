/** A PBX carries other business: setup ends none of its calls. */
import { takeOver, type LocalPbx } from '../../src/setup/pbx-effect.ts';

/** @param closed reloads after which ARI is still closed */
function pbx({ running = true, calls = 0, closed = 0 }) {
  const done: string[] = [];
  let reloads = 0;
  const local: LocalPbx = {
    isRunning: () => running,
    calls: () => calls,
    reload: () => void (done.push('reload'), reloads++),
    restart: () => void done.push('restart'),
    whyClosed: () => Promise.resolve(reloads <= closed ? 'there is no ARI' : undefined),
  };
  return { local, done };
}

const cases: [string, Parameters<typeof pbx>[0], boolean, done: string[], left: RegExp | undefined][] = [
  ['one that answers after a reload', { calls: 3 }, true, ['reload'], undefined],
  ['one that is busy reloading', { closed: 1 }, true, ['reload', 'reload'], undefined],
  [
    'one that a reload does not open',
    { closed: 9 },
    true,
    ['reload', 'reload', 'reload', 'restart'],
    undefined,
  ],
  [
    'one that a reload does not open, with calls',
    { closed: 9, calls: 1 },
    true,
    ['reload', 'reload', 'reload'],
    /^Restart Asterisk, which ends its calls \(.*\): a reload was not enough, there is no ARI\.$/,
  ],
  [
    'one whose calls cannot be counted',
    { closed: 9, calls: NaN },
    true,
    ['reload', 'reload', 'reload'],
    /which ends its calls/,
  ],
  ['one that does not run', { running: false, calls: NaN }, true, ['restart'], undefined],
  [
    'one that does not run, without --start',
    { running: false },
    false,
    [],
    /^Start Asterisk: systemctl start asterisk\.$/,
  ],
  [
    'one that a reload does not open, without --start',
    { closed: 9 },
    false,
    ['reload', 'reload', 'reload'],
    /there is no ARI\.$/,
  ],
];

test.each(cases)('%s', async (_, state, mayStart, done, left) => {
  const machine = pbx(state);
  const said: string[] = [];
  const sentences = await takeOver(machine.local, mayStart, (what) => said.push(what), 0);
  expect(machine.done).toEqual(done);
  expect(sentences).toEqual(left === undefined ? [] : [expect.stringMatching(left)]);
  expect(said).toHaveLength(done.includes('restart') ? 1 : 0);
});
