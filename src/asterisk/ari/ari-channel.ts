import { setImmediate } from 'node:timers/promises';
import type { Client } from 'ari-client';
import type { Logger } from 'winston';
import {
  ChannelGone,
  type CallerClaims,
  type Channel,
  type DialplanExit,
  type Digit,
  type Playback,
  type SignedCall,
  type Sound,
} from '../../call/channel.ts';
import { isAbsent, isUnreadable } from './ari-errors.ts';
import {
  readPlayback,
  readVariable,
  type AriChannelSnapshot,
  type DtmfEvent,
  type PlaybackEvent,
  type PlaybackSnapshot,
} from './ari-events.ts';
import { AriPlayback, type PlaybackLine } from './ari-playback.ts';
import { DigitQueue } from './digit-queue.ts';
import { readPassport } from './stir-shaken.ts';
import { usersOf } from './sip-identity.ts';

/** What every channel of one connection shares. */
export interface ChannelContext {
  readonly client: Client;
  readonly logger: Logger;
  /** Language of the sounds, as in `sounds/<language>/`. */
  readonly language: string;
  /** Lengths of the sounds, ms. */
  readonly soundLengths: ReadonlyMap<string, number>;
}

/** A sound we have no length for is given this long, ms. */
const unknownLengthMs = 30_000;
/**
 * Playback ids of a channel are numbered and used again, so that a process which finds the channel
 * left behind can name, and stop, whatever its predecessor was playing: ARI has no list of them.
 * At most three exist at a time; sixteen keep a late event from meeting the wrong one.
 */
const playbackIds = 16;
const exits: Record<DialplanExit, string> = {
  operator: 'hotline-operator',
  unavailable: 'hotline-unavailable',
  busy: 'hotline-busy',
};

/** One channel in our Stasis application. */
export class AriChannel implements Channel, PlaybackLine {
  readonly id: string;
  readonly callerNumber: string;
  readonly #context: ChannelContext;
  readonly #gone = new AbortController();
  readonly #digits = new DigitQueue();
  readonly #playbacks = new Map<string, AriPlayback>();
  #playbackCount = 0;
  /** Settles when Asterisk has taken every playback started so far. */
  #taken: Promise<unknown> = Promise.resolve();
  /** Resolves when every playback started so far has ended. */
  #turn: Promise<unknown> = Promise.resolve();
  #answered: boolean;
  #hangingUp = false;

  constructor(context: ChannelContext, { id, state, caller }: AriChannelSnapshot) {
    this.#context = context;
    this.id = id;
    this.callerNumber = caller.number;
    this.#answered = state === 'Up';
  }

  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Whether we asked for the end of this channel, and Asterisk has not confirmed it. */
  get hangingUp(): boolean {
    return this.#hangingUp;
  }

  async readClaims(): Promise<CallerClaims> {
    // From is always there: on a channel that is not SIP, or cannot be asked, reading it fails, and so does this.
    const [from, first, second, via] = await Promise.all([
      this.#variable('PJSIP_HEADER(read,From)'),
      this.#header('P-Asserted-Identity,1'),
      this.#header('P-Asserted-Identity,2'),
      this.#header('Via'),
    ]);
    // Every call has a Via; one too long for Asterisk to hand out may hold anything.
    const isAnsweredElsewhere = via === '' || /maddr/i.test(via);
    return {
      asserted: [...usersOf(first), ...usersOf(second)],
      from: usersOf(from).join(),
      isAnsweredElsewhere,
    };
  }

  async readSignature(): Promise<SignedCall> {
    // Asterisk sets CALLERID(dnid) from the Request-URI. By now the extension is another one, of the menu.
    const [dialled, identity] = await Promise.all([
      this.#variable('CALLERID(dnid)'),
      this.#header('Identity'),
    ]);
    return { dialled, passport: readPassport(identity) };
  }

  /** A header of the INVITE; empty if there is none. It comes in the body of an answer, and is in no variable and no URL. */
  async #header(header: string): Promise<string> {
    try {
      return await this.#variable(`PJSIP_HEADER(read,${header})`);
    } catch (error) {
      if (isUnreadable(error)) return '';
      throw error;
    }
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
    this.#turn = Promise.all([this.#turn, playback.ended]);
    if (this.gone.aborted) return playback;
    this.#playbacks.set(playback.id, playback);
    void playback.ended.then(() => this.#playbacks.delete(playback.id));
    return playback;
  }

  onDigit(listener: (digit: Digit) => void): () => void {
    return this.#digits.listen(listener);
  }

  async confirmUp(): Promise<void> {
    await this.#do(({ get }) => get({ channelId: this.id }));
    // A hang-up that was announced before this answer is in our event socket by now: read it.
    await setImmediate();
    this.gone.throwIfAborted();
  }

  async exit(to: DialplanExit): Promise<void> {
    // "continue" would wait behind a playback.
    await Promise.all([...this.#playbacks.values()].map((playback) => playback.stop()));
    await this.#do(({ continueInDialplan }) =>
      continueInDialplan({ channelId: this.id, context: exits[to], extension: 's', priority: 1 }),
    );
    this.leave('handed back to the dialplan');
  }

  async hangUp(): Promise<void> {
    if (this.gone.aborted) return;
    this.#hangingUp = true;
    try {
      await this.#context.client.channels.hangup({ channelId: this.id });
    } catch (error) {
      // The connection hangs it up once it can reach Asterisk again.
      if (!isAbsent(error))
        return void this.#context.logger.warn('A call could not be ended', { channelId: this.id, error });
    }
    this.leave('the application hung up');
  }

  /** Stops what another process was playing on this channel when it died. */
  async stopLeftovers(): Promise<void> {
    const ids = Array.from({ length: playbackIds }, (_, index) => this.#playbackId(index));
    await Promise.allSettled(ids.map((playbackId) => this.#context.client.playbacks.stop({ playbackId })));
  }

  #playbackId(count: number): string {
    return `${this.id}-${count % playbackIds}`;
  }

  /** The channel is no longer ours. */
  leave(reason: string): void {
    if (!this.gone.aborted) this.#gone.abort(new ChannelGone(reason));
  }

  /** Takes a key of this channel. */
  handleDigit(event: DtmfEvent): void {
    const playing = [...this.#playbacks.values()].some((playback) => playback.sounding);
    if (!this.gone.aborted) this.#digits.push(event, playing);
  }

  /** Takes an event of one of this channel's playbacks. */
  handlePlayback(event: PlaybackEvent): void {
    this.#playbacks.get(event.playback.id)?.handle(event);
  }

  /** {@link PlaybackLine}. One at a time: on pooled connections a later request can overtake. */
  playNext(playbackId: string, sounds: readonly Sound[]): Promise<void> {
    const media = sounds.map((sound) => `sound:${sound}`);
    const request = async (): Promise<void> => {
      this.gone.throwIfAborted();
      // In the body, not in the URL: sounds spell out a password.
      const body = JSON.stringify({ media, lang: this.#context.language });
      await this.#context.client.channels.playWithId({ channelId: this.id, playbackId, body });
    };
    const taken = this.#taken.then(request);
    this.#taken = taken.catch(() => undefined);
    return taken;
  }

  /** {@link PlaybackLine} */
  async stopPlayback(playbackId: string): Promise<void> {
    await this.#taken;
    await this.#context.client.playbacks.stop({ playbackId });
  }

  /** {@link PlaybackLine} */
  async ask(playbackId: string): Promise<PlaybackSnapshot | undefined> {
    return Promise.resolve(this.#context.client.playbacks.get({ playbackId }))
      .then(readPlayback)
      .catch(() => undefined);
  }

  /** {@link PlaybackLine} */
  async isUp(): Promise<boolean> {
    return this.confirmUp().then(
      () => true,
      (error: unknown) => !(error instanceof ChannelGone),
    );
  }

  /** {@link PlaybackLine} */
  lengthMs(sound: Sound): number {
    return this.#context.soundLengths.get(sound) ?? unknownLengthMs;
  }

  /** Does an operation; that the channel is absent is news of the channel, not a failure. */
  async #do<T>(operation: (channels: Client['channels']) => PromiseLike<T>): Promise<T> {
    this.gone.throwIfAborted();
    try {
      return await operation(this.#context.client.channels);
    } catch (error) {
      if (isAbsent(error)) this.leave('the channel has left the application');
      this.gone.throwIfAborted();
      throw error;
    }
  }
}
