import { jest } from '@jest/globals';
import type { Channel, LineState } from '../../src/call/channel.ts';
import { LineWatch } from '../../src/call/line-watch.ts';

/** A line of which the PBX gives these states, one after the other. */
function lineWith(states: readonly { readonly atMs: number; readonly sent: number }[]): Channel {
  const left = [...states];
  const readLine = (): Promise<LineState> => {
    const { atMs, sent } = left.shift()!;
    return Promise.resolve({ isHeld: false, sent, askedAtMs: atMs, answeredAtMs: atMs });
  };
  return { readLine, onHold: () => undefined, gone: new AbortController().signal } as unknown as Channel;
}

test.each([
  [10, 0, true],
  [20, 0, true],
  [20, 380, true],
  [20, 420, false],
  [30, 0, true],
  [60, 0, true],
  [60, 600, false],
])(
  'a line that was sent packets of %i ms in a burst before: a reading of 20 s with %i ms missing was heard: %s',
  async (packetMs, missingMs, isHeard) => {
    // The PBX made up for 100 ms in which it had been late.
    const burst = Math.ceil(3100 / packetMs);
    const reading = Math.floor((20_000 - missingMs) / packetMs);
    const line = new LineWatch(
      lineWith([
        { atMs: 0, sent: 0 },
        { atMs: 3000, sent: burst },
        { atMs: 23_000, sent: burst + reading },
      ]),
    );
    await line.mark();
    const start = await line.mark();
    expect(await line.tookAllSince(start)).toBe(isHeard);
  },
);

test('a sentence that begins when the PBX has just answered is marked by that answer, one after a hold is not', async () => {
  let asked = 0;
  let hold: (isHeld: boolean) => void = () => undefined;
  const channel = {
    readLine: () => {
      asked++;
      const now = performance.now();
      return Promise.resolve({ isHeld: false, sent: asked, askedAtMs: now, answeredAtMs: now });
    },
    onHold: (listener: (isHeld: boolean) => void) => (hold = listener),
    gone: new AbortController().signal,
  } as unknown as Channel;
  const line = new LineWatch(channel);
  const first = await line.mark();
  expect(await line.mark()).toEqual(first);
  expect(asked).toBe(1);
  hold(true);
  hold(false);
  expect((await line.mark()).state.sent).toBe(2);
  jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 300);
  expect((await line.mark()).state.sent).toBe(3);
  jest.restoreAllMocks();
});
