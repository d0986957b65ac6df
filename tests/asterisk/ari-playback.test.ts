import { jest } from '@jest/globals';
import { AriRequestFailed } from '../../src/asterisk/ari-errors.ts';
import type { PlaybackEvent } from '../../src/asterisk/ari-events.ts';
import { AriPlayback, type PlaybackLine } from '../../src/asterisk/ari-playback.ts';
import { ChannelGone } from '../../src/call/channel.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A line that does as told; every sound takes 1 s. */
class ScriptedLine implements PlaybackLine {
  readonly hungUp = new AbortController();
  readonly gone = this.hungUp.signal;
  readonly stopped: string[] = [];
  playing = false;
  refusal: Error | undefined;
  lengthMs = () => 1000;
  playNext = async () => {
    if (this.refusal) throw this.refusal;
  };
  stopPlayback = async (playbackId: string) => void this.stopped.push(playbackId);
  isPlaying = async () => this.playing;
  isUp = async () => !this.gone.aborted;
}

let line: ScriptedLine;

beforeEach(() => {
  line = new ScriptedLine();
});

function start(count = 2): AriPlayback {
  return new AriPlayback('1-0', line, Array.from({ length: count }, (_, index) => `digits/${index}`), Promise.resolve());
}

/** Asterisk tells of the playback; its clock is ours. */
async function tell(playback: AriPlayback, type: PlaybackEvent['type'], state = 'playing'): Promise<void> {
  await jest.advanceTimersByTimeAsync(0);
  playback.handle({ type, timestamp: Date.now(), playback: { id: playback.id, target_uri: 'channel:1', state } });
  await jest.advanceTimersByTimeAsync(0);
}

const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** How it has ended by now, or that it has not. */
function end(playback: AriPlayback): Promise<string> {
  return Promise.race([playback.ended, pass(0).then(() => 'still playing')]);
}

test('a list that is reported from first to last was played, sound by sound', async () => {
  const playback = start();
  const begun = [0, 1, 2].map((index) => playback.reached(index));
  await tell(playback, 'PlaybackStarted');
  await pass(1000);
  await tell(playback, 'PlaybackContinuing', 'continuing');
  await tell(playback, 'PlaybackStarted');
  await pass(1000);
  await tell(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('played');
  expect(await Promise.all(begun)).toEqual([true, true, false]);
});

test('"done" is not "heard": after a hang-up it is taken for what it is', async () => {
  const playback = start(1);
  await tell(playback, 'PlaybackStarted');
  await pass(900);
  line.isUp = async () => false;
  await tell(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('gone');
});

test('an end that Asterisk never reports is noticed 1.5 s after it was due', async () => {
  const playback = start();
  await tell(playback, 'PlaybackStarted');
  await pass(3400);
  expect(await end(playback)).toBe('still playing');
  await pass(200);
  expect(await end(playback)).toBe('failed');
  expect(line.stopped).toEqual([playback.id]);
});

test('a list that stops in its middle without a word is noticed by what is left of it', async () => {
  const playback = start();
  const second = playback.reached(1);
  await tell(playback, 'PlaybackStarted');
  await pass(1000);
  await tell(playback, 'PlaybackContinuing', 'continuing');
  await pass(5000);
  expect(await end(playback)).toBe('failed');
  expect(await second).toBe(false);
});

test('a recording that turned out longer than it was at our start is waited for', async () => {
  const playback = start(1);
  line.playing = true;
  await tell(playback, 'PlaybackStarted');
  await pass(9000);
  expect(await end(playback)).toBe('still playing');
  await tell(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('played');
});

test('a playback that Asterisk says is running for ever is given up', async () => {
  const playback = start(1);
  line.playing = true;
  await tell(playback, 'PlaybackStarted');
  await pass(60_000);
  expect(await end(playback)).toBe('failed');
});

test('a playback that never begins is noticed', async () => {
  const playback = start();
  await pass(2600);
  expect(await end(playback)).toBe('failed');
});

test('one that waits for its turn may wait for long', async () => {
  const turn = Promise.withResolvers<void>();
  const playback = new AriPlayback('1-0', line, ['digits/0'], turn.promise);
  await pass(60_000);
  expect(await end(playback)).toBe('still playing');
  turn.resolve();
  await pass(2600);
  expect(await end(playback)).toBe('failed');
});

test('a missing file, which Asterisk passes over and reports as done, is a failure', async () => {
  const playback = start(3);
  const last = playback.reached(2);
  await tell(playback, 'PlaybackStarted');
  await pass(1000);
  await tell(playback, 'PlaybackContinuing', 'continuing');
  await tell(playback, 'PlaybackStarted');
  await tell(playback, 'PlaybackContinuing', 'continuing');
  await tell(playback, 'PlaybackStarted');
  expect(await end(playback)).toBe('failed');
  expect(await last).toBe(false);
});

test('a missing last file is a failure too', async () => {
  const playback = start(1);
  await tell(playback, 'PlaybackStarted');
  await tell(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('failed');
});

test('a stop that falls between two sounds, and is never reported, ends it soon', async () => {
  const playback = start();
  await tell(playback, 'PlaybackStarted');
  const stopped = playback.stop();
  await tell(playback, 'PlaybackContinuing', 'continuing');
  await tell(playback, 'PlaybackStarted');
  await pass(300);
  await stopped;
  expect(await end(playback)).toBe('stopped');
});

test('a stopped playback is stopped, whatever Asterisk calls it', async () => {
  for (const state of ['done', 'failed']) {
    const playback = start();
    await tell(playback, 'PlaybackStarted');
    const stopped = Promise.all([playback.stop(), playback.stop()]);
    await tell(playback, 'PlaybackFinished', state);
    await stopped;
    expect(await end(playback)).toBe('stopped');
    await playback.stop();
  }
});

test('a stop that Asterisk does not take still ends the wait', async () => {
  line.stopPlayback = async () => {
    throw new AriRequestFailed('DELETE /ari/playbacks/1', 0, 'no answer');
  };
  const playback = start();
  await tell(playback, 'PlaybackStarted');
  const stopped = playback.stop();
  await pass(300);
  await stopped;
  expect(await end(playback)).toBe('stopped');
});

test('a refused playback has failed; one on a channel that is not there is gone', async () => {
  line.refusal = new AriRequestFailed('POST /ari/channels/1/play/1', 500, 'Internal Server Error');
  expect(await end(start())).toBe('failed');
  line.refusal = new AriRequestFailed('POST /ari/channels/1/play/1', 404, 'Channel not found');
  expect(await end(start())).toBe('gone');
});

test('a hang-up ends it at once, and leaves no timer and no listener behind', async () => {
  const playback = start();
  await tell(playback, 'PlaybackStarted');
  line.hungUp.abort(new ChannelGone());
  expect(await end(playback)).toBe('gone');
  expect(jest.getTimerCount()).toBe(0);
});
