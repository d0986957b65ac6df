import { PlaybackQueue } from '../../../src/asterisk/ari/playback-queue.ts';

const never = (): Promise<void> => new Promise(() => undefined);
const atOnce = (): Promise<void> => Promise.resolve();

test('a playback may be stopped once Asterisk has the next one, whatever is on its way behind that', async () => {
  const queue = new PlaybackQueue();
  void queue.add('1', atOnce);
  const next = Promise.withResolvers<void>();
  void queue.add('2', () => next.promise);
  void queue.add('3', never);
  let isReplaced = false;
  const replaced = queue.untilReplaced('1').then(() => (isReplaced = true));
  await new Promise(setImmediate);
  expect(isReplaced).toBe(false);
  next.resolve();
  await replaced;
});

test('one that nothing follows may be stopped once Asterisk has it', async () => {
  const queue = new PlaybackQueue();
  const taken = queue.add('1', atOnce);
  await queue.untilReplaced('1');
  await taken;
});

test('a request that fails does not keep those behind it, nor what it should have replaced', async () => {
  const queue = new PlaybackQueue();
  void queue.add('1', atOnce);
  const failed = queue.add('2', () => Promise.reject(new Error('refused')));
  await expect(failed).rejects.toThrow('refused');
  await queue.untilReplaced('1');
  await queue.add('3', atOnce);
});

test('an id that is used again stands for its last playback', async () => {
  const queue = new PlaybackQueue();
  void queue.add('1', atOnce);
  void queue.add('2', atOnce);
  await queue.add('1', atOnce);
  void queue.add('2', never);
  let isReplaced = false;
  void queue.untilReplaced('1').then(() => (isReplaced = true));
  await new Promise(setImmediate);
  expect(isReplaced).toBe(false);
});
