/** A playback on a scripted line, for the tests of AriPlayback; time is faked. */
import { jest } from '@jest/globals';
import { AriPlayback, type PlaybackLine } from '../../../src/asterisk/ari/ari-playback.ts';
import type { PlaybackEvent, PlaybackSnapshot } from '../../../src/asterisk/ari/ari-events.ts';
import type { Sound } from '../../../src/call/channel.ts';

/** A line that does what the test says; every sound takes 1 s. */
export class ScriptedLine implements PlaybackLine {
  readonly hungUp = new AbortController();
  readonly gone = this.hungUp.signal;
  readonly stopped: string[] = [];
  /** Asterisk's answer when it is asked for the playback; undefined: it has none. */
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

/** One line, and the list that Asterisk plays on it. */
export class PlaybackStage {
  readonly line = new ScriptedLine();
  sounds: readonly Sound[] = [];
  /** Where Asterisk is in the list; -1: before the first sound. */
  position = -1;
  /** By how much Asterisk's clock is ahead of ours, ms. */
  clockAheadMs = 0;

  /** Plays a list of `count` sounds: `digits/0`, `digits/1`… */
  start(count = 2): AriPlayback {
    return this.play(Array.from({ length: count }, (_, index) => `digits/${index}`));
  }

  play(sounds: readonly Sound[], turn = Promise.resolve(performance.now())): AriPlayback {
    this.sounds = sounds;
    this.position = -1;
    return new AriPlayback('1-0', this.line, sounds, turn);
  }

  /** How Asterisk shows a place of the list. */
  at(index: number, state = 'playing'): PlaybackSnapshot {
    const next = this.sounds[index + 1];
    return {
      id: '1-0',
      target_uri: 'channel:1',
      state,
      media_uri: `sound:${this.sounds[index]}`,
      ...(next !== undefined && { next_media_uri: `sound:${next}` }),
    };
  }

  /** Asterisk takes the next step and reports it; its clock is ours, or stepped. */
  async report(playback: AriPlayback, type: PlaybackEvent['type'], state = 'playing'): Promise<void> {
    await pass(0);
    if (type === 'PlaybackStarted') this.position += 1;
    playback.handle({
      type,
      timestamp: Date.now() + this.clockAheadMs,
      playback: this.at(Math.max(this.position, 0), state),
    });
    await pass(0);
  }
}

export const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);

/** How the playback has ended, or `still playing`. */
export function end(playback: AriPlayback): Promise<string> {
  return Promise.race([playback.ended, pass(0).then(() => 'still playing')]);
}
