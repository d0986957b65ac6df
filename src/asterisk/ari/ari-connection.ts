import type { Client } from 'ari-client';
import type { Logger } from 'winston';
import type { CallBackDial, CallBackLine, NotAnswered } from '../../call/call-back-line.ts';
import type { Channel } from '../../call/channel.ts';
import { isAbsent, SoundsUnavailable } from './ari-errors.ts';
import { eventTypes, readEvent, readSoundNames } from './ari-events.ts';
import type { AriHttp } from './ari-http.ts';
import { ChannelRoster } from './channel-roster.ts';
import { EventSocket, type EventSocketTimings } from './event-socket.ts';

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
  /** A channel found in the application counts as left by an earlier process if no event announces it in this time. Default 500 ms. */
  unannouncedMs: number;
  /** Asterisk is asked this often who is there: an event may get lost while the socket stays open. Default 2000 ms. */
  reconcileMs: number;
}

/** Formats every sound must be there in: for telephone lines, and for wideband phones. */
const soundFormats = ['alaw', 'slin16'];

/** From the end of the event socket until Asterisk surely lets nobody in any more, ms. */
const lastCallersMs = 300;

/** A live connection to one Asterisk. Made by `connectAri`. */
export class AriConnection implements CallBackLine {
  /** Resolves when another process has registered the same application: this one is deaf now. */
  readonly replaced: Promise<void>;
  readonly #client: Client;
  readonly #http: AriHttp;
  readonly #options: AriOptions;
  readonly #roster: ChannelRoster;
  readonly #socket: EventSocket;
  readonly #reconciling: NodeJS.Timeout;
  #setReplaced!: () => void;

  private constructor(client: Client, http: AriHttp, options: AriOptions, timings: AriTimings) {
    this.replaced = new Promise((resolve) => (this.#setReplaced = resolve));
    this.#client = client;
    this.#http = http;
    this.#options = options;
    const { logger, language, soundLengths } = options;
    this.#roster = new ChannelRoster(
      { client, logger, language, soundLengths },
      { application: options.application, unannouncedMs: timings.unannouncedMs },
    );
    this.#socket = new EventSocket({
      client,
      application: options.application,
      timings,
      logger,
      onOpen: () => this.#opened(),
    });
    this.#reconciling = setInterval(() => void this.#reconcile(), timings.reconcileMs);
    client.on('*', (message: unknown) => this.#handle(message));
  }

  /** Whether events arrive. While they do not, running calls can play but hear no keys. */
  get state(): 'connected' | 'reconnecting' {
    return this.#socket.usable ? 'connected' : 'reconnecting';
  }

  /** Registers the application by opening its event socket. @throws Error */
  static async open(
    client: Client,
    http: AriHttp,
    options: AriOptions,
    timings: AriTimings,
  ): Promise<AriConnection> {
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
    this.#roster.calls.listen(listener);
  }

  /** Every channel that was in the application before this process: left by one that died. */
  onInterrupted(listener: (channel: Channel) => void): void {
    this.#roster.interrupted.listen(listener);
  }

  /**
   * Asks Asterisk whether it knows each sound, in our language and in both formats.
   *
   * @throws SoundsUnavailable naming all that are missing; AriRequestFailed
   */
  async checkSounds(names: readonly string[]): Promise<void> {
    const known = await Promise.all(
      soundFormats.map(async (format) => ({
        format,
        names: readSoundNames(await this.#client.sounds.list({ lang: this.#options.language, format })),
      })),
    );
    const missing = names.flatMap((name) =>
      known.filter(({ names }) => !names.has(name)).map(({ format }) => `${name} (${format})`),
    );
    if (missing.length > 0) throw new SoundsUnavailable(missing);
  }

  /** {@link CallBackLine} */
  dial(number: string, dial: CallBackDial): Promise<Channel | NotAnswered> {
    return this.#roster.dial(number, dial);
  }

  /**
   * As {@link close}, when no call is left; whoever came at the last moment, and was not announced
   * any more, goes back to the dialplan, which says sorry. Never rejects.
   */
  async retire(): Promise<void> {
    clearInterval(this.#reconciling);
    this.#roster.close();
    await this.#socket.close();
    // Asterisk lets calls in until it has dealt with the end of the socket.
    for (const waitMs of [0, lastCallersMs]) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      try {
        await this.#roster.sendBack();
      } catch (error) {
        if (isAbsent(error)) break; // the application is gone from Asterisk, and nobody is in it
        this.#options.logger.warn('Asterisk does not say who came at the last moment', { error });
      }
    }
    this.#http.close();
  }

  /** Stops hearing of calls. Does not hang them up. */
  close(): void {
    clearInterval(this.#reconciling);
    this.#roster.close();
    void this.#socket.close();
    this.#http.close();
  }

  async #opened(): Promise<void> {
    const { application } = this.#options;
    // Asterisk forgets the filter with the socket.
    const filter = { allowed: eventTypes.map((type) => ({ type })) };
    await this.#client.applications.filter({ applicationName: application, filter });
    await this.#roster.reconcile();
  }

  async #reconcile(): Promise<void> {
    if (!this.#socket.usable) return; // done when it is open again
    try {
      await this.#roster.reconcile();
    } catch (error) {
      this.#options.logger.warn('Asterisk does not say which calls are there', { error });
    }
  }

  #handle(message: unknown): void {
    const event = readEvent(message);
    if (event === null)
      this.#options.logger.warn('Asterisk sent an event of an unknown form', {
        type: (message as { type?: unknown }).type,
      });
    else if (event.type === 'ApplicationReplaced') this.#setReplaced();
    else this.#roster.handle(event);
  }
}
