import { pause } from '../../src/timing/pause.ts';

test('a pause lasts its time', async () => {
  const begunAt = performance.now();
  await pause(30, new AbortController().signal);
  expect(performance.now() - begunAt).toBeGreaterThan(28);
});

test('a pause ends when it is told to stop, and does not begin when it has been told before', async () => {
  const stop = new AbortController();
  const long = pause(60_000, stop.signal);
  stop.abort();
  await long;
  await pause(60_000, stop.signal);
});
