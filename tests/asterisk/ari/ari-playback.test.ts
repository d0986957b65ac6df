import { jest } from '@jest/globals';
import { AriRequestFailed } from '../../../src/asterisk/ari/ari-errors.ts';
import type { PlaybackEvent, PlaybackSnapshot } from '../../../src/asterisk/ari/ari-events.ts';
import { AriPlayback, type PlaybackLine } from '../../../src/asterisk/ari/ari-playback.ts';
import { ChannelGone, type Sound } from '../../../src/call/channel.ts';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A line that does as told; every sound takes 1 s. */
class ScriptedLine implements PlaybackLine {
  readonly hungUp = new AbortController();
  readonly gone = this.hungUp.signal;
  readonly stopped: string[] = [];
  /** What it plays when asked: the place in the list `digits/0`, `digits/1`...; undefined: nothing. */
  playing: PlaybackSnapshot | undefined;
  refusal: Error | undefined;
  lengthMs: (sound: Sound) => number = () => 1000;
  playNext = async () => {
    if (this.refusal) throw this.refusal;
  };
  stopPlayback = async (playbackId: string) => void this.stopped.push(playbackId);
  ask = async () => this.playing;
  isUp = async () => !this.gone.aborted;
}

let line: ScriptedLine;

beforeEach(() => {
  line = new ScriptedLine();
});

function start(count = 2): AriPlayback {
  return play(Array.from({ length: count }, (_, index) => `digits/${index}`));
}

let sounds: Sound[];

function play(list: Sound[]): AriPlayback {
  sounds = list;
  asteriskIs = -1;
  return new AriPlayback('1-0', line, sounds, Promise.resolve());
}

/** The place in the list where Asterisk is. */
let asteriskIs: number;

/** How Asterisk shows a place of the list. */
function at(index: number, state = 'playing'): PlaybackSnapshot {
  const next = sounds[index + 1];
  return {
    id: '1-0',
    target_uri: 'channel:1',
    state,
    media_uri: `sound:${sounds[index]}`,
    ...(next !== undefined && { next_media_uri: `sound:${next}` }),
  };
}

/** Asterisk goes on, and tells of it; its clock is ours. */
async function tell(playback: AriPlayback, type: PlaybackEvent['type'], state = 'playing'): Promise<void> {
  await jest.advanceTimersByTimeAsync(0);
  if (type === 'PlaybackStarted') asteriskIs += 1;
  playback.handle({ type, timestamp: Date.now(), playback: at(Math.max(asteriskIs, 0), state) });
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
  await pass(2400);
  expect(await end(playback)).toBe('still playing');
  await pass(200);
  expect(await end(playback)).toBe('failed');
  expect(line.stopped).toEqual([playback.id]);
});

test('a list that stops in its middle without a word is noticed', async () => {
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
  line.playing = at(0);
  await tell(playback, 'PlaybackStarted');
  await pass(9000);
  expect(await end(playback)).toBe('still playing');
  await tell(playback, 'PlaybackFinished', 'done');
  expect(await end(playback)).toBe('played');
});

test('a playback that Asterisk says is running for ever is given up', async () => {
  const playback = start(1);
  line.playing = at(0);
  await tell(playback, 'PlaybackStarted');
  await pass(60_000);
  expect(await end(playback)).toBe('failed');
});

describe('when events are lost', () => {
  /** As a flow plays it: digits with pauses, and silence behind them. */
  const reading = [
    'digits/4',
    'hotline/pause',
    'digits/4',
    'hotline/pause',
    'digits/4',
    'hotline/pause',
    'hotline/silence',
    'hotline/silence',
  ];

  /** Begins the reading; of what follows, nothing is told. */
  async function beginReading(): Promise<AriPlayback> {
    const playback = play(reading);
    await tell(playback, 'PlaybackStarted');
    return playback;
  }

  const begun = async (playback: AriPlayback) => {
    const all = sounds.map((_, index) => Promise.race([playback.reached(index), pass(0).then(() => false)]));
    return (await Promise.all(all)).filter(Boolean).length;
  };

  test('the end of a sentence is noticed 1.5 s after the sound whose events are missing, however much silence follows', async () => {
    line.lengthMs = (sound) => (sound === 'hotline/silence' ? 20_000 : 1000);
    const playback = play(['hotline/a', 'hotline/silence', 'hotline/silence']);
    await tell(playback, 'PlaybackStarted');
    line.playing = at(1);
    await pass(2400);
    expect(await begun(playback)).toBe(1);
    await pass(200);
    expect(await begun(playback)).toBe(2);
    expect(await end(playback)).toBe('still playing');
  });

  test('the next event tells where Asterisk is, though the list holds the same sounds several times', async () => {
    const playback = await beginReading();
    await pass(2000);
    asteriskIs = 1; // the pause was not told of
    await tell(playback, 'PlaybackStarted');
    expect(await begun(playback)).toBe(3);
    await pass(1000);
    asteriskIs = 2;
    await tell(playback, 'PlaybackStarted');
    expect(await begun(playback)).toBe(4);
  });

  test('whole rounds of the same sounds are counted by the time they take', async () => {
    const playback = await beginReading();
    await pass(2400);
    line.playing = at(2);
    await pass(200); // asked: it is in the second digits/4
    expect(await begun(playback)).toBe(3);
    await pass(1400);
    asteriskIs = 3;
    await tell(playback, 'PlaybackStarted'); // the third
    expect(await begun(playback)).toBe(5);
  });

  test('a sound that the time did not suffice for was passed over', async () => {
    const playback = await beginReading();
    const silence = playback.reached(6);
    await pass(1000);
    asteriskIs = 5;
    await tell(playback, 'PlaybackStarted');
    expect(await end(playback)).toBe('failed');
    expect(await silence).toBe(false);
  });

  test('a sound that is nowhere in the list, or lies behind, is a failure', async () => {
    const playback = await beginReading();
    line.playing = { ...at(0), media_uri: 'sound:hotline/other' };
    await pass(2600);
    expect(await end(playback)).toBe('failed');
  });

  test('a list whose last sounds were not told of, but had their time, was played', async () => {
    const playback = start(3);
    await tell(playback, 'PlaybackStarted');
    await pass(2400);
    line.playing = at(2);
    await pass(600);
    asteriskIs = 2;
    await tell(playback, 'PlaybackFinished', 'done');
    expect(await end(playback)).toBe('played');
    expect(await begun(playback)).toBe(3);
  });

  test('a list whose last sounds were passed over was not', async () => {
    const playback = start(3);
    await tell(playback, 'PlaybackStarted');
    await pass(1000);
    asteriskIs = 2;
    await tell(playback, 'PlaybackFinished', 'done');
    expect(await end(playback)).toBe('failed');
  });

  test('a first sound that is playing is taken for begun; one still queued is not waited for', async () => {
    const playing = play(reading);
    line.playing = at(2);
    await pass(2600);
    expect(await begun(playing)).toBe(3);
    const queued = play(reading);
    line.playing = at(0, 'queued');
    await pass(2600);
    expect(await end(queued)).toBe('failed');
  });

  test('a caller who hung up meanwhile has heard nothing more', async () => {
    const playback = await beginReading();
    line.playing = at(6);
    line.isUp = async () => false;
    await pass(2600);
    expect(await end(playback)).toBe('gone');
    expect(await begun(playback)).toBe(1);
  });

  test('a stop is not undone by an answer that comes late', async () => {
    const answer = Promise.withResolvers<PlaybackSnapshot>();
    const playback = await beginReading();
    line.ask = () => answer.promise;
    await pass(2600);
    const stopped = playback.stop();
    await pass(0);
    answer.resolve(at(2));
    await pass(300);
    await stopped;
    expect(await end(playback)).toBe('stopped');
  });
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
