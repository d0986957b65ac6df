import { jest } from '@jest/globals';
import { AriRequestFailed } from '../../../src/asterisk/ari/ari-errors.ts';
import { AriPlayback } from '../../../src/asterisk/ari/ari-playback.ts';
import { ChannelGone } from '../../../src/call/channel.ts';
import { end, pass, PlaybackStage } from './playback-stage.ts';

let stage: PlaybackStage;

beforeEach(() => {
  jest.useFakeTimers();
  stage = new PlaybackStage();
});

afterEach(() => void jest.useRealTimers());

test('a list that is reported from first to last was played, sound by sound', async () => {
  const playback = stage.start();
  const begun = [0, 1, 2].map((index) => playback.reached(index));
  await stage.report(playback, 'PlaybackStarted');
  await pass(1000);
  await stage.report(playback, 'PlaybackStarted');
  await pass(1000);
  await stage.report(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('played');
  expect(await Promise.all(begun)).toEqual([true, true, false]);
});

test('"done" is not "heard": after a hang-up the playback counts as gone', async () => {
  const playback = stage.start(1);
  await stage.report(playback, 'PlaybackStarted');
  await pass(850);
  stage.line.isUp = async () => false;
  await stage.report(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('gone');
});

test('it is near its end 100 ms before the last sound should end, and not before', async () => {
  const playback = stage.start(2);
  let isNearEnd = false;
  void playback.nearEnd.then((isSo) => (isNearEnd = isSo));
  await stage.report(playback, 'PlaybackStarted');
  await pass(1000);
  await stage.report(playback, 'PlaybackStarted');
  await pass(898);
  expect(isNearEnd).toBe(false);
  await pass(4);
  expect(isNearEnd).toBe(true);
  stage.line.isUp = () => Promise.reject(new Error('not asked: it was up just now'));
  await pass(98);
  await stage.report(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('played');
});

test('the end of a recording that has become shorter is its near end as well', async () => {
  const playback = stage.start(1);
  await stage.report(playback, 'PlaybackStarted');
  await pass(700);
  await stage.report(playback, 'PlaybackFinished', 'done');
  expect([await playback.nearEnd, await end(playback)]).toEqual([true, 'played']);
});

test.each<[string, (playback: AriPlayback) => Promise<void>]>([
  ['skipped', (playback) => stage.report(playback, 'PlaybackFinished', 'done')],
  ['stopped', (playback) => (void playback.stop(), stage.report(playback, 'PlaybackFinished', 'done'))],
  ['cut by a hang-up', async () => stage.line.hungUp.abort(new ChannelGone())],
])('what is %s never comes near its end', async (_, happens) => {
  const playback = stage.start(1);
  await stage.report(playback, 'PlaybackStarted');
  await pass(100);
  await happens(playback);
  await pass(5000);
  expect(await playback.nearEnd).toBe(false);
});

test('an end that Asterisk never reports is noticed 1.5 s after it was due', async () => {
  const playback = stage.start();
  await stage.report(playback, 'PlaybackStarted');
  await pass(2400);
  expect(await end(playback)).toBe('still playing');
  await pass(200);
  expect(await end(playback)).toBe('failed');
  expect(stage.line.stopped).toEqual([playback.id]);
});

test('a list that stops silently in the middle is noticed', async () => {
  const playback = stage.start();
  const second = playback.reached(1);
  await stage.report(playback, 'PlaybackStarted');
  await pass(1000);
  await pass(5000);
  expect(await end(playback)).toBe('failed');
  expect(await second).toBe(false);
});

test('a recording that has become longer since its length was read is waited for', async () => {
  const playback = stage.start(1);
  stage.line.playing = stage.at(0);
  await stage.report(playback, 'PlaybackStarted');
  await pass(9000);
  expect(await end(playback)).toBe('still playing');
  await stage.report(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('played');
});

test('a playback that Asterisk reports as running forever is given up', async () => {
  const playback = stage.start(1);
  stage.line.playing = stage.at(0);
  await stage.report(playback, 'PlaybackStarted');
  await pass(60_000);
  expect(await end(playback)).toBe('failed');
});

test('a playback that never begins is noticed', async () => {
  const playback = stage.start();
  await pass(2600);
  expect(await end(playback)).toBe('failed');
});

test('a playback that waits for its turn may wait long', async () => {
  const turn = Promise.withResolvers<number>();
  const playback = new AriPlayback('1-0', stage.line, ['digits/0'], turn.promise);
  await pass(60_000);
  expect(await end(playback)).toBe('still playing');
  turn.resolve(performance.now());
  await pass(2600);
  expect(await end(playback)).toBe('failed');
});

test('a missing file, which Asterisk skips and reports as done, is a failure', async () => {
  const playback = stage.start(3);
  const last = playback.reached(2);
  await stage.report(playback, 'PlaybackStarted');
  await pass(1000);
  await stage.report(playback, 'PlaybackStarted');
  await stage.report(playback, 'PlaybackStarted');
  expect(await end(playback)).toBe('failed');
  expect(await last).toBe(false);
});

test('a missing last file is a failure too', async () => {
  const playback = stage.start(1);
  await stage.report(playback, 'PlaybackStarted');
  await stage.report(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('failed');
});

test('a stop that falls between two sounds, and is never reported, ends it soon', async () => {
  const playback = stage.start();
  await stage.report(playback, 'PlaybackStarted');
  const stopped = playback.stop();
  await stage.report(playback, 'PlaybackStarted');
  await pass(300);
  await stopped;
  expect(await end(playback)).toBe('stopped');
});

test('a stopped playback is stopped, whatever Asterisk calls it', async () => {
  for (const state of ['done', 'failed']) {
    const playback = stage.start();
    await stage.report(playback, 'PlaybackStarted');
    const stopped = Promise.all([playback.stop(), playback.stop()]);
    await stage.report(playback, 'PlaybackFinished', state);
    await stopped;
    expect(await end(playback)).toBe('stopped');
    await playback.stop();
  }
});

test('a stop that Asterisk does not accept still ends the wait', async () => {
  stage.line.stopPlayback = async () => {
    throw new AriRequestFailed('DELETE /ari/playbacks/1', 0, 'no answer');
  };
  const playback = stage.start();
  await stage.report(playback, 'PlaybackStarted');
  const stopped = playback.stop();
  await pass(300);
  await stopped;
  expect(await end(playback)).toBe('stopped');
});

test('a refused playback has failed; one on a channel that is not there is gone', async () => {
  stage.line.refusal = new AriRequestFailed('POST /ari/channels/1/play/1', 500, 'Internal Server Error');
  expect(await end(stage.start())).toBe('failed');
  stage.line.refusal = new AriRequestFailed('POST /ari/channels/1/play/1', 404, 'Channel not found');
  expect(await end(stage.start())).toBe('gone');
});

test('a hang-up ends it at once, and leaves no timer and no listener behind', async () => {
  const playback = stage.start();
  await stage.report(playback, 'PlaybackStarted');
  stage.line.hungUp.abort(new ChannelGone());
  expect(await end(playback)).toBe('gone');
  expect(jest.getTimerCount()).toBe(0);
});

test.each([-86_400_000, -5000, -500, 500, 5000, 86_400_000])(
  "a step of Asterisk's clock by %i ms at any sound of a reading neither ends it nor counts a sound that has not begun",
  async (stepMs) => {
    const reading = ['digits/4', 'hotline/pause', 'digits/4', 'hotline/pause', 'digits/4', 'hotline/pause'];
    for (let at = 0; at < reading.length; at++) {
      const stage = new PlaybackStage();
      const playback = stage.play(reading);
      let reached = -1;
      reading.forEach((_, index) => void playback.reached(index).then((isSo) => isSo && (reached = index)));
      for (const index of reading.keys()) {
        if (index === at) stage.clockAheadMs = stepMs;
        await stage.report(playback, 'PlaybackStarted');
        expect(reached).toBe(index);
        await pass(1000);
      }
      await stage.report(playback, 'PlaybackFinished', 'done');
      expect(await end(playback)).toBe('played');
    }
  },
);
