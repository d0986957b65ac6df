import type { Client } from 'ari-client';
import type { Logger } from 'winston';
import type { CallBackDial, CallBackLine, NotAnswered } from '../call/call-back-line.ts';
import type { Channel } from '../call/channel.ts';
import { AriChannel, type ChannelContext } from './ari-channel.ts';
import { AriDialler } from './ari-dialler.ts';
import { MissingSounds } from './ari-errors.ts';
import { eventTypes, readChannel, readChannelIds, readEvent, readSoundNames, type AriEvent } from './ari-events.ts';
import { EventSocket, type EventSocketTimings } from './event-socket.ts';
import type { AriHttp } from './ari-http.ts';

/** How to reach Asterisk's REST interface, and what to play there. */
export interface AriOptions {
  /** `http://127.0.0.1:8088`, without `/ari`. */
  url: string;
  username: string;
  password: string;
  /** The name the dialplan gives to `Stasis()`. */
  application: string;
  logger: Logger;
  /** Length of every sound that will be played, ms, by its name. */
  soundLengths: ReadonlyMap<string, number>;
  /** Language of the sounds: `vi`. */
  language: string;
  timings?: Partial<AriTimings>;
}

/** Every wait of the connection. */
export interface AriTimings extends EventSocketTimings {
  /** One operation, from asking to its answer. Default 2500 ms. */
  operationMs: number;
  /** A channel found in the application is taken for an orphan if no event announces it in this time. Default 500 ms. */
  orphanMs: number;
}

/** Formats every sound must be there in: for telephone lines, and for wideband phones. */
const soundFormats = ['alaw', 'slin16'];

/** A live connection to one Asterisk. Made by `connectAri`. */
export class AriConnection implements CallBackLine {
  /** Resolves when another process has registered the same application: this one is deaf now. */
  readonly replaced: Promise<void>;
  readonly #client: Client;
  readonly #http: AriHttp;
  readonly #options: AriOptions;
  readonly #context: ChannelContext;
  readonly #socket: EventSocket;
  readonly #orphanMs: number;
  readonly #dialler: AriDialler;
  readonly #channels = new Map<string, AriChannel>();
  readonly #orphanTimers = new Set<NodeJS.Timeout>();
  #calls = new Announcements<[channel: Channel, args: string[]]>();
  #orphans = new Announcements<[channel: Channel]>();
  #state: 'connected' | 'reconnecting' = 'reconnecting';
  #setReplaced!: () => void;

  private constructor(client: Client, http: AriHttp, options: AriOptions, timings: AriTimings) {
    this.replaced = new Promise((resolve) => (this.#setReplaced = resolve));
    this.#client = client;
    this.#http = http;
    this.#options = options;
    this.#context = { client, logger: options.logger, language: options.language, soundLengths: options.soundLengths };
    this.#orphanMs = timings.orphanMs;
    this.#dialler = new AriDialler(this.#context, options.application);
    this.#socket = new EventSocket({ client, application: options.application, timings, logger: options.logger, onOpen: () => this.#opened(), onLost: () => this.#lost() });
    client.on('*', (message: unknown) => this.#handle(message));
  }

  /** Whether events arrive. While they do not, running calls can play but hear no keys. */
  get state(): 'connected' | 'reconnecting' {
    return this.#state;
  }

  /** Registers the application by opening its event socket. @throws Error */
  static async open(client: Client, http: AriHttp, options: AriOptions, timings: AriTimings): Promise<AriConnection> {
    const connection = new AriConnection(client, http, options, timings);
    try {
      await connection.#socket.open();
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Every channel that enters the application, with the arguments of `Stasis()`. Those that came before are announced at once. */
  onCall(listener: (channel: Channel, args: string[]) => void): void {
    this.#calls.listen(listener);
  }

  /** Every channel that was in the application before this process: left by one that died. */
  onOrphan(listener: (channel: Channel) => void): void {
    this.#orphans.listen(listener);
  }

  /**
   * Asks Asterisk whether it knows each sound, in our language and in both formats.
   *
   * @throws MissingSounds naming all that are missing; AriRequestFailed
   */
  async checkSounds(names: readonly string[]): Promise<void> {
    const known = await Promise.all(soundFormats.map(async (format) => ({ format, names: readSoundNames(await this.#client.sounds.list({ lang: this.#options.language, format })) })));
    const missing = names.flatMap((name) => known.filter(({ names }) => !names.has(name)).map(({ format }) => `${name} (${format})`));
    if (missing.length > 0) throw new MissingSounds(missing);
  }

  /** {@link CallBackLine} */
  async dial(number: string, dial: CallBackDial): Promise<Channel | NotAnswered> {
    const outcome = await this.#dialler.dial(number, dial);
    return typeof outcome === 'string' ? outcome : (this.#channels.get(outcome.id) ?? 'no answer');
  }

  /** Stops hearing of calls. Does not hang them up. */
  close(): void {
    for (const timer of this.#orphanTimers) clearTimeout(timer);
    this.#socket.close();
    this.#http.close();
  }

  async #opened(): Promise<void> {
    const { application, logger } = this.#options;
    // Asterisk forgets the filter with the socket.
    const filter = { allowed: eventTypes.map((type) => ({ type })) };
    await this.#client.applications.filter({ applicationName: application, filter });
    const present = readChannelIds(await this.#client.applications.get({ applicationName: application }));
    this.#reconcile(new Set(present));
    this.#state = 'connected';
    logger.info('Connected to Asterisk', { application, channels: present.length });
  }

  #lost(): void {
    this.#state = 'reconnecting';
    this.#options.logger.warn('Lost the event socket to Asterisk, trying to reopen it');
  }

  /** What we know of is compared with what is there. */
  #reconcile(present: ReadonlySet<string>): void {
    for (const channel of this.#channels.values()) {
      if (!present.has(channel.id)) channel.leave('the channel ended while Asterisk was out of reach');
      else if (channel.hangingUp) void channel.hangUp();
    }
    const unknown = [...present].filter((id) => !this.#channels.has(id) && !this.#dialler.isDialling(id));
    if (unknown.length === 0) return;
    // One that has just entered is in the list before its StasisStart has reached us.
    const timer = setTimeout(() => {
      this.#orphanTimers.delete(timer);
      for (const id of unknown) if (!this.#channels.has(id)) void this.#adoptOrphan(id);
    }, this.#orphanMs);
    this.#orphanTimers.add(timer);
  }

  async #adoptOrphan(id: string): Promise<void> {
    try {
      const channel = this.#add(new AriChannel(this.#context, readChannel(await this.#client.channels.get({ channelId: id }))));
      await channel.stopLeftovers();
      this.#orphans.announce(channel);
    } catch (error) {
      this.#options.logger.debug('A channel left by another process is gone', { channelId: id, error });
    }
  }

  #add(channel: AriChannel): AriChannel {
    this.#channels.set(channel.id, channel);
    channel.gone.addEventListener('abort', () => this.#channels.delete(channel.id), { once: true });
    return channel;
  }

  #handle(message: unknown): void {
    const event = readEvent(message);
    if (event === null) this.#options.logger.warn('Asterisk sent an event of an unknown form', { type: (message as { type?: unknown }).type });
    else if (event.type === 'ApplicationReplaced') this.#setReplaced();
    else if ('playback' in event) this.#channels.get(event.playback.target_uri.replace(/^channel:/, ''))?.handlePlayback(event);
    else this.#handleChannel(event);
  }

  #handleChannel(event: Exclude<Extract<AriEvent, { channel: unknown }>, { playback: unknown }>): void {
    const channel = this.#channels.get(event.channel.id);
    if (event.type === 'StasisStart') {
      if (channel !== undefined) return;
      const entered = this.#add(new AriChannel(this.#context, event.channel));
      if (!this.#dialler.answered(event.channel)) this.#calls.announce(entered, event.args);
    } else if (event.type === 'ChannelDtmfReceived') channel?.handleDigit(event);
    else {
      channel?.leave('the caller hung up');
      if (event.type === 'ChannelDestroyed') this.#dialler.ended(event.channel, event.cause);
    }
  }
}

/** Things that happen, kept until somebody listens. */
class Announcements<Event extends unknown[]> {
  #kept: Event[] = [];
  #listener: ((...event: Event) => void) | undefined;

  announce(...event: Event): void {
    if (this.#listener === undefined) this.#kept.push(event);
    else this.#listener(...event);
  }

  listen(listener: (...event: Event) => void): void {
    this.#listener = listener;
    for (const event of this.#kept.splice(0)) listener(...event);
  }
}
