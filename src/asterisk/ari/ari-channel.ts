/**
 * One call in Asterisk: the verbs of a `Channel` as ARI operations, and the channel's events to its
 * playbacks and its keys.
 */
import { setImmediate } from 'node:timers/promises';
import type { Client } from 'ari-client';
import type { Logger } from 'winston';
import { nameCall } from '../../call/call-id.ts';
import {
  ChannelGone,
  type CallerClaims,
  type Channel,
  type Digit,
  type GoneReason,
  type LineState,
  type Playback,
  type SignedCall,
  type Sound,
  type Told,
} from '../../call/channel.ts';
import { isAbsent } from './ari-errors.ts';
import {
  readPlayback,
  readVariable,
  type AriChannelSnapshot,
  type DtmfEvent,
  type PlaybackEvent,
  type PlaybackSnapshot,
} from './ari-events.ts';
import { AriPlayback, requestOnce, type PlaybackLine } from './ari-playback.ts';
import { ChannelTimer, timedBy } from './channel-timer.ts';
import { dialplanHas, exits, tellDialplan } from './dialplan-exits.ts';
import { DigitQueue } from './digit-queue.ts';
import { PlaybackQueue } from './playback-queue.ts';
import { HoldState, lineQuestion, readAnswer } from './line-state.ts';
import { readClaims, readSignature } from './invite-headers.ts';
import { PauseAfterKey } from './pause-after-key.ts';

/** What every channel of one connection shares. */
export interface ChannelContext {
  readonly client: Client;
  readonly logger: Logger;
  /** Language of the sounds, as in `sounds/<language>/`. */
  readonly language: string;
  /** Lengths of the sounds, ms. */
  readonly soundLengths: ReadonlyMap<string, number>;
  /** Whether events reach us, or were lost only a moment ago. */
  readonly hears: () => boolean;
}

/**
 * Playback ids of a channel are numbered and reused. A process that finds an interrupted call can so
 * stop what its predecessor was playing, which ARI does not list. At most three exist at a time; with
 * sixteen ids a late event does not meet a newer playback of the same id.
 */
const playbackIds = 16;

/** One channel in our Stasis application. */
export class AriChannel implements Channel, PlaybackLine {
  readonly id: string;
  readonly callerNumber: string;
  readonly #context: ChannelContext;
  readonly #gone = new AbortController();
  readonly #name: string;
  readonly #timer: ChannelTimer;
  readonly #digits = new DigitQueue();
  readonly #pause = new PauseAfterKey();
  readonly #playbacks = new Map<string, AriPlayback>();
  #playbackCount = 0;
  readonly #queue = new PlaybackQueue();
  /** Resolves when every playback started so far has ended, with the moment of it. */
  #turn: Promise<number> = Promise.resolve(performance.now());
  #answered: boolean;
  #hangingUp = false;
  readonly #hold: HoldState;

  constructor(context: ChannelContext, { id, name, state, caller }: AriChannelSnapshot) {
    this.#context = context;
    this.id = id;
    this.#name = name;
    this.#hold = new HoldState(this);
    this.callerNumber = caller.number;
    this.#answered = state === 'Up';
    this.#timer = new ChannelTimer(timedBy(context, this));
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whether we have hung up and Asterisk has not confirmed it yet. */
  get hangingUp(): boolean {
    return this.#hangingUp;
  }

  readClaims(): Promise<CallerClaims> {
    return readClaims((variable) => this.#variable(variable));
  }

  readSignature(): Promise<SignedCall> {
    return readSignature((variable) => this.#variable(variable));
  }

  async #variable(variable: string): Promise<string> {
    return readVariable(
      await this.#do(({ getChannelVar }) => getChannelVar({ channelId: this.id, variable })),
    );
  }

  async answer(): Promise<void> {
    if (this.#answered) return this.gone.throwIfAborted();
    await this.#do(({ answer }) => answer({ channelId: this.id }));
    this.#answered = true;
  }

  play(sounds: readonly Sound[]): Playback {
    const playback = new AriPlayback(this.#playbackId(this.#playbackCount++), this, sounds, this.#turn);
    this.#turn = Promise.all([this.#turn, playback.nextMs]).then((ends) => Math.max(...ends));
    if (this.gone.aborted) return playback;
    this.#playbacks.set(playback.id, playback);
    void playback.ended.then(() => this.#playbacks.delete(playback.id));
    if (this.#playbackCount === 1) this.#timer.cover([], () => 0);
    this.#timer.noteSign();
    // Not before it sounds: if we froze in between, the timer would cover a sentence that nobody hears.
    void playback.reached(0).then((isSounding) => {
      if (isSounding) this.#timer.cover(sounds, (sound) => this.lengthMs(sound));
    });
    return playback;
  }

  onDigit(listener: (digit: Digit) => void): () => void {
    return this.#digits.listen(listener);
  }

  async readLine(): Promise<LineState> {
    const askedAtMs = performance.now();
    const question = lineQuestion(this.id, this.#name);
    const state =
      question === null
        ? await this.#confirmUp().then(() => ({ isHeld: this.#hold.isHeld, sent: null }))
        : readAnswer(await this.#variable(question));
    const answeredAtMs = performance.now();
    await setImmediate(); // a hang-up or hold from before the answer is in our event socket: read it
    this.gone.throwIfAborted();
    return { ...state, askedAtMs, answeredAtMs };
  }

  onHold(listener: (isHeld: boolean) => void): void {
    this.#hold.listen(listener);
  }

  async exit(to: keyof typeof exits, told?: Told): Promise<void> {
    // "continue" would wait until the playbacks have ended.
    await Promise.all([...this.#playbacks.values()].map((playback) => playback.stop()));
    await Promise.all([this.#timer.release(), tellDialplan(this.#context.client, this.id, told)]);
    try {
      await this.#do(({ continueInDialplan }) =>
        continueInDialplan({ channelId: this.id, context: exits[to], extension: 's', priority: 1 }),
      );
    } catch (error) {
      // Only the answer was lost: the call has gone where it was sent, and nobody hung up.
      if (!(error instanceof ChannelGone) || !dialplanHas.includes(error.reason)) throw error;
    }
    this.leave('handed back to the dialplan');
  }

  async hangUp(): Promise<void> {
    if (this.#timer.hasRunOut) this.leave('the PBX took the call back'); // the operator's conversation goes on
    if (this.gone.aborted) return;
    this.#hangingUp = true;
    try {
      await this.#context.client.channels.hangup({ channelId: this.id });
    } catch (error) {
      // ChannelRoster tries again when Asterisk can be reached.
      if (!isAbsent(error))
        return void this.#context.logger.warn('A call could not be hung up', { ...nameCall(this.id), error });
    }
    this.leave('the application hung up');
  }

  /** Stops what an earlier process was playing here when it died. */
  async stopEarlierPlaybacks(): Promise<void> {
    const ids = Array.from({ length: playbackIds }, (_, index) => this.#playbackId(index));
    await Promise.allSettled(ids.map((playbackId) => this.#context.client.playbacks.stop({ playbackId })));
  }

  #playbackId(count: number): string {
    return `${this.id}-${count % playbackIds}`;
  }

  /** Ends the channel for its users: it has hung up, or is no longer in our application. */
  leave(reason: GoneReason): void {
    if (!this.gone.aborted) this.#gone.abort(new ChannelGone(reason));
  }

  /** Handles a key that the caller pressed. */
  handleDigit(event: DtmfEvent): void {
    if (this.#playbackCount === 1) this.#timer.cover([], () => 0);
    this.#timer.noteSign();
    this.#pause.noteKey(event.timestamp);
    const isPlaying = [...this.#playbacks.values()].some((playback) => playback.sounding);
    if (!this.gone.aborted) this.#digits.push(event, isPlaying);
  }

  /** Handles that the caller's phone went on hold, or takes sound again. */
  handleHold(isHeld: boolean): void {
    this.#hold.note(isHeld);
  }

  /** Handles an event of one of this channel's playbacks. */
  handlePlayback(event: PlaybackEvent): void {
    this.#playbacks.get(event.playback.id)?.handle(event);
  }

  /** {@link PlaybackLine} */
  playNext(playbackId: string, sounds: readonly Sound[]): Promise<void> {
    const media = sounds.map((sound) => `sound:${sound}`);
    const request = async (): Promise<void> => {
      this.gone.throwIfAborted();
      // In the body, not in the URL: sounds spell out a password.
      const body = JSON.stringify({ media, lang: this.#context.language, ...this.#pause.offset(sounds) });
      const play = () => this.#context.client.channels.playWithId({ channelId: this.id, playbackId, body });
      await requestOnce(play, async () => (await this.ask(playbackId)) !== undefined);
    };
    return this.#queue.add(playbackId, request);
  }

  /** {@link PlaybackLine} */
  async stopPlayback(playbackId: string): Promise<void> {
    await this.#queue.untilReplaced(playbackId);
    await this.#context.client.playbacks.stop({ playbackId });
  }

  /** {@link PlaybackLine} */
  async ask(playbackId: string): Promise<PlaybackSnapshot | undefined> {
    return Promise.resolve(this.#context.client.playbacks.get({ playbackId }))
      .then(readPlayback)
      .catch((error: unknown) => {
        if (isAbsent(error)) return undefined;
        throw error;
      });
  }

  /** {@link PlaybackLine} */
  async isUp(): Promise<boolean> {
    return this.#confirmUp().then(
      () => true,
      (error: unknown) => !(error instanceof ChannelGone),
    );
  }

  /** {@link PlaybackLine} */
  lengthMs(sound: Sound): number {
    return this.#context.soundLengths.get(sound) ?? 30_000; // unknown: assumed to be long
  }

  async #confirmUp(): Promise<void> {
    await this.#do(({ get }) => get({ channelId: this.id }));
    await setImmediate(); // a hang-up that happened before this response is already in our event socket: read it
    this.gone.throwIfAborted();
  }

  /** Runs an operation. If the channel turns out to be gone, it throws `ChannelGone`, not a request error. */
  async #do<T>(operation: (channels: Client['channels']) => PromiseLike<T>): Promise<T> {
    this.gone.throwIfAborted();
    try {
      return await operation(this.#context.client.channels);
    } catch (error) {
      await setImmediate(); // a hang-up that explains the answer is in our event socket: read it
      if (isAbsent(error)) this.leave('the channel has left the application');
      this.gone.throwIfAborted();
      throw error;
    }
  }
}
