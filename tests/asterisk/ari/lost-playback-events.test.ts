import { jest } from '@jest/globals';
import type { PlaybackSnapshot } from '../../../src/asterisk/ari/ari-events.ts';
import type { AriPlayback } from '../../../src/asterisk/ari/ari-playback.ts';
import { end, pass, PlaybackStage } from './playback-stage.ts';

let stage: PlaybackStage;

beforeEach(() => {
  jest.useFakeTimers();
  stage = new PlaybackStage();
});

afterEach(() => void jest.useRealTimers());

describe('when events are lost', () => {
  /** As a call plays it: digits with pauses, then silence. */
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

  /** Begins the reading; later events are lost. */
  async function beginReading(): Promise<AriPlayback> {
    const playback = stage.play(reading);
    await stage.report(playback, 'PlaybackStarted');
    return playback;
  }

  const begun = async (playback: AriPlayback) => {
    const all = stage.sounds.map((_, index) =>
      Promise.race([playback.reached(index), pass(0).then(() => false)]),
    );
    return (await Promise.all(all)).filter(Boolean).length;
  };

  test('the end of a sentence is noticed 1.5 s after the sound whose events are missing, however much silence follows', async () => {
    stage.line.lengthMs = (sound) => (sound === 'hotline/silence' ? 20_000 : 1000);
    const playback = stage.play(['hotline/a', 'hotline/silence', 'hotline/silence']);
    await stage.report(playback, 'PlaybackStarted');
    stage.line.playing = stage.at(1);
    await pass(2400);
    expect(await begun(playback)).toBe(1);
    await pass(200);
    expect(await begun(playback)).toBe(2);
    expect(await end(playback)).toBe('still playing');
  });

  test('the next event shows where Asterisk is, though the list holds the same sounds several times', async () => {
    const playback = await beginReading();
    await pass(2000);
    stage.position = 1; // the event of the pause was lost
    await stage.report(playback, 'PlaybackStarted');
    expect(await begun(playback)).toBe(3);
    await pass(1000);
    stage.position = 2;
    await stage.report(playback, 'PlaybackStarted');
    expect(await begun(playback)).toBe(4);
  });

  test('whole rounds of the same sounds are counted by the time they take', async () => {
    const playback = await beginReading();
    await pass(2400);
    stage.line.playing = stage.at(2);
    await pass(200); // Asterisk has been asked: it is in the second digits/4
    expect(await begun(playback)).toBe(3);
    await pass(1400);
    stage.position = 3;
    await stage.report(playback, 'PlaybackStarted'); // the third
    expect(await begun(playback)).toBe(5);
  });

  test('what follows a sentence began when that should have ended, however late its end is reported', async () => {
    const first = stage.play(['hotline/a']);
    await stage.report(first, 'PlaybackStarted');
    await pass(950);
    const second = stage.play(reading, first.nextMs);
    await pass(450); // the second began 400 ms ago, and the event of that is lost
    first.handle({
      type: 'PlaybackFinished',
      timestamp: Date.now(),
      playback: { ...stage.at(0, 'done'), media_uri: 'sound:hotline/a', next_media_uri: undefined },
    });
    await pass(600);
    stage.position = 0;
    await stage.report(second, 'PlaybackStarted');
    expect([await end(second), await begun(second)]).toEqual(['still playing', 2]);
  });

  test('a sound that there was no time for was skipped', async () => {
    const playback = await beginReading();
    const silence = playback.reached(6);
    await pass(1000);
    stage.position = 5;
    await stage.report(playback, 'PlaybackStarted');
    expect(await end(playback)).toBe('failed');
    expect(await silence).toBe(false);
  });

  test('a sound that is not in the list, or already past, is a failure', async () => {
    const playback = await beginReading();
    stage.line.playing = { ...stage.at(0), media_uri: 'sound:hotline/other' };
    await pass(2600);
    expect(await end(playback)).toBe('failed');
  });

  test('a list whose last sounds were not reported, but had time to play, was played', async () => {
    const playback = stage.start(3);
    await stage.report(playback, 'PlaybackStarted');
    await pass(2400);
    stage.line.playing = stage.at(2);
    await pass(600);
    stage.position = 2;
    await stage.report(playback, 'PlaybackFinished', 'done');
    expect(await end(playback)).toBe('played');
    expect(await begun(playback)).toBe(3);
  });

  test('a list whose last sounds were skipped was not played', async () => {
    const playback = stage.start(3);
    await stage.report(playback, 'PlaybackStarted');
    await pass(1000);
    stage.position = 2;
    await stage.report(playback, 'PlaybackFinished', 'done');
    expect(await end(playback)).toBe('failed');
  });

  test('a first sound that is playing counts as begun; one that is still queued is not waited for', async () => {
    const playing = stage.play(reading);
    stage.line.playing = stage.at(2);
    await pass(2600);
    expect(await begun(playing)).toBe(3);
    const queued = stage.play(reading);
    stage.line.playing = stage.at(0, 'queued');
    await pass(2600);
    expect(await end(queued)).toBe('failed');
  });

  test('a playback goes on while Asterisk cannot be asked, until it can', async () => {
    const playback = await beginReading();
    stage.line.ask = () => Promise.reject(new Error('socket hang up'));
    await pass(4000);
    expect(await end(playback)).toBe('still playing');
    stage.line.ask = () => Promise.resolve(stage.at(3));
    await pass(1500);
    expect(await begun(playback)).toBeGreaterThan(3);
    expect(await end(playback)).toBe('still playing');
  });

  test('an event that comes twice counts once', async () => {
    const playback = await beginReading();
    stage.position = -1;
    await stage.report(playback, 'PlaybackStarted');
    expect(await end(playback)).toBe('still playing');
    expect(await begun(playback)).toBe(1);
  });

  test('a caller who hung up meanwhile has heard nothing more', async () => {
    const playback = await beginReading();
    stage.line.playing = stage.at(6);
    stage.line.isUp = async () => false;
    await pass(2600);
    expect(await end(playback)).toBe('gone');
    expect(await begun(playback)).toBe(1);
  });

  test('a stop is not undone by an answer that comes late', async () => {
    const answer = Promise.withResolvers<PlaybackSnapshot>();
    const playback = await beginReading();
    stage.line.ask = () => answer.promise;
    await pass(2600);
    const stopped = playback.stop();
    await pass(0);
    answer.resolve(stage.at(2));
    await pass(300);
    await stopped;
    expect(await end(playback)).toBe('stopped');
  });
});
