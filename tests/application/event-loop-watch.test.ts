import { EventLoopWatch } from '../../src/application/event-loop-watch.ts';
import { until } from '../support/until.ts';

let watch: EventLoopWatch;
beforeEach(() => void (watch = new EventLoopWatch()));
afterEach(() => watch.stop());

test('work that holds the event loop up is counted as its own delay', async () => {
  const endAt = process.threadCpuUsage().user + 200_000;
  while (process.threadCpuUsage().user < endAt);
  await until(() => watch.status.delays > 0);
  expect(watch.status.ownDelays).toBeGreaterThan(0);
  expect(watch.status.longestMs).toBeGreaterThanOrEqual(100);
});

test('a process that was not given a processor is counted as delayed, but not by itself', async () => {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200);
  await until(() => watch.status.delays > 0);
  expect(watch.status.ownDelays).toBe(0);
  expect(watch.status.longestMs).toBeGreaterThanOrEqual(100);
});
