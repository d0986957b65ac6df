/**
 * The connection to one Asterisk: its event socket, its HTTP client and the channels in our
 * application, behind the few operations the application needs.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'ari-client';
import type { Logger } from 'winston';
import type { CallBackDial, CallBackLine, NotAnswered } from '../../call/call-back-line.ts';
import { nameCall } from '../../call/call-id.ts';
import type { Channel } from '../../call/channel.ts';
import { isAbsent, SoundsUnavailable, unusable } from './ari-errors.ts';
import { channelIdOf, eventTypes, readEvent, readSoundNames, readVariable } from './ari-events.ts';
import type { AriAccess, AriHttp } from './ari-http.ts';
import { ChannelRoster } from './channel-roster.ts';
import { isLeased, renewLease } from './pbx-lease.ts';
import { EventSocket, type EventSocketTimings } from './event-socket.ts';
import { answerType } from './socket-requests.ts';

/** How to reach Asterisk's REST interface, and what is played there. */
export interface AriOptions extends AriAccess {
  /** The name the dialplan gives to `Stasis()`. */
  application: string;
  logger: Logger;
  /** Length of every sound that may be played, ms, by name. */
  soundLengths: ReadonlyMap<string, number>;
  /** Language of the sounds: `vi`. */
  language: string;
  timings?: Partial<AriTimings>;
}

/** How long the connection waits for what. */
export interface AriTimings extends EventSocketTimings {
  /** Longest wait for the response to one operation. Default 2500 ms. */
  operationMs: number;
  /**
   * A channel in our application that no event has announced within this time belonged to an
   * earlier process. Default 500 ms.
   */
  unannouncedMs: number;
  /**
   * Interval at which our channels are compared with Asterisk's, since an event may get lost while
   * the socket stays open. Default 1000 ms.
   */
  reconcileMs: number;
  /** Interval at which the lease is renewed. Default 2000 ms. */
  leaseMs: number;
}

/** Formats that every sound must exist in: for telephone lines and for wideband phones. */
const soundFormats = ['alaw', 'slin16'];

/** How long a pong may take, ms. */
const pongMs = 1000;

/** How long after the event socket has closed Asterisk may still let calls into the application, ms. */
const lastCallersMs = 300;

/** A connection to one Asterisk. Made by `connectAri`; calls come in once it is registered. */
export class AriConnection implements CallBackLine {
  /** Resolves when another process has registered the same application: this one gets no more events. */
  readonly replaced: Promise<void>;
  readonly #client: Client;
  readonly #http: AriHttp;
  readonly #options: AriOptions;
  readonly #roster: ChannelRoster;
  readonly #socket: EventSocket;
  readonly #timings: AriTimings;
  #reconciling: NodeJS.Timeout | undefined;
  #renewing: NodeJS.Timeout | undefined;
  #setReplaced!: () => void;

  /** Used by `connectAri` only. */
  constructor(client: Client, http: AriHttp, options: AriOptions, timings: AriTimings) {
    this.replaced = new Promise((resolve) => (this.#setReplaced = resolve));
    this.#client = client;
    this.#http = http;
    this.#options = options;
    this.#timings = timings;
    const { logger, language, soundLengths } = options;
    this.#roster = new ChannelRoster(
      { client, logger, language, soundLengths, hears: () => this.#socket.usable },
      { application: options.application, unannouncedMs: timings.unannouncedMs },
    );
    this.#socket = new EventSocket({
      access: options,
      application: options.application,
      timings,
      logger,
      onOpen: () => this.#opened(),
      onEvent: (event) => this.#handle(event),
      operationMs: timings.operationMs,
    });
    http.prefer((...request) => this.#socket.request(...request));
  }

  /** `reconnecting`: no events arrive. Calls under way can still play sounds, but get no keys. */
  get state(): 'connected' | 'reconnecting' {
    return this.#socket.usable ? 'connected' : 'reconnecting';
  }

  /** Since Asterisk last answered on the event socket, ms; null while reconnecting. */
  get pongAgeMs(): number | null {
    return this.#socket.pongAgeMs;
  }

  /**
   * Why no call would get through to us; null: connected, and Asterisk has answered our last ping. A connection that
   * is dead stays `connected` for another beat.
   */
  whyNotReady(): string | null {
    const age = this.pongAgeMs;
    if (age === null) return 'the event socket to Asterisk is being reopened';
    if (age < this.#timings.heartbeatMs + pongMs) return null;
    return `Asterisk has not answered on the event socket for ${Math.round(age / 1000)} s`;
  }

  /**
   * Registers the application by opening its event socket: calls come in from now on, and a process
   * that had registered the same application gets no more of them. A socket that is lost later is
   * reopened without end.
   *
   * @throws AriUnavailable; the connection is then closed
   */
  async register(): Promise<void> {
    this.#reconciling = setInterval(() => void this.#reconcile(), this.#timings.reconcileMs);
    this.#renewing = setInterval(() => void this.#renewLease(), this.#timings.leaseMs);
    try {
      await this.#socket.open();
    } catch (error) {
      this.close();
      throw unusable(this.#options.url, error);
    }
  }

  /**
   * Calls `listener` for every channel that enters the application, with the arguments of
   * `Stasis()`. Those that entered before are reported at once.
   */
  onCall(listener: (channel: Channel, args: string[]) => void): void {
    this.#roster.calls.listen(listener);
  }

  /** Calls `listener` for every channel that an earlier process left in the application when it died. */
  onInterrupted(listener: (channel: Channel) => void): void {
    this.#roster.interrupted.listen(listener);
  }

  /**
   * Checks that Asterisk has each sound, in our language and in both formats.
   *
   * @throws SoundsUnavailable naming all that are missing; AriRequestFailed
   */
  async checkSounds(names: readonly string[]): Promise<void> {
    const known = await Promise.all(
      soundFormats.map(async (format) => ({ format, names: await this.#soundNames(format) })),
    );
    const missing = names.flatMap((name) =>
      known.filter(({ names }) => !names.has(name)).map(({ format }) => `${name} (${format})`),
    );
    if (missing.length > 0) throw new SoundsUnavailable(missing);
  }

  /** Whether Asterisk has a sound as A-law, as it last read its folders. @throws AriRequestFailed */
  async hasSound(name: string): Promise<boolean> {
    return (await this.#soundNames('alaw')).has(name);
  }

  /** Whether the dialplan says what the call costs, before its menu. @throws AriRequestFailed; ZodError */
  async isFeeSaid(): Promise<boolean> {
    const { asterisk } = this.#client;
    return readVariable(await asterisk.getGlobalVar({ variable: 'HOTLINE_FEE_ANNOUNCEMENT' })) === 'yes';
  }

  async #soundNames(format: string): Promise<Set<string>> {
    return readSoundNames(await this.#client.sounds.list({ lang: this.#options.language, format }));
  }

  /** Whether another process serves as our application, as far as its lease says. @throws AriRequestFailed */
  async isServed(): Promise<boolean> {
    return isLeased(this.#client, this.#options.application);
  }

  /** {@link CallBackLine} */
  dial(number: string, dial: CallBackDial): Promise<Channel | NotAnswered> {
    return this.#roster.dial(number, dial);
  }

  /**
   * As {@link close}, when no call is left. A call that entered at the last moment, too late for an
   * event, goes back to the dialplan, which plays an apology. Never rejects.
   */
  async retire(): Promise<void> {
    clearInterval(this.#reconciling);
    clearInterval(this.#renewing);
    this.#roster.close();
    await this.#socket.close();
    // Asterisk lets calls in until it has noticed that the socket is closed.
    for (const waitMs of [0, lastCallersMs]) {
      await delay(waitMs);
      try {
        await this.#roster.sendBack();
      } catch (error) {
        if (isAbsent(error)) break; // Asterisk no longer has the application, and no call is in it
        this.#options.logger.warn('Calls that entered at the last moment could not be listed', { error });
      }
    }
    this.#http.close();
  }

  /** Closes the connection. Calls are not hung up. */
  close(): void {
    clearInterval(this.#reconciling);
    clearInterval(this.#renewing);
    this.#roster.close();
    void this.#socket.close();
    this.#http.close();
  }

  async #opened(): Promise<void> {
    const { application } = this.#options;
    // The filter is lost with the socket. It holds back answers to requests, too.
    const filter = { allowed: [...eventTypes, answerType].map((type) => ({ type })) };
    await this.#client.applications.filter({ applicationName: application, filter });
    await renewLease(this.#client, application);
    await this.#roster.reconcile();
  }

  async #renewLease(): Promise<void> {
    const { application, logger } = this.#options;
    if (!this.#socket.usable) return; // it is renewed when the socket is open again
    try {
      await renewLease(this.#client, application);
    } catch (error) {
      logger.warn('The lease in Asterisk could not be renewed; new callers will hear an apology', { error });
    }
  }

  async #reconcile(): Promise<void> {
    if (!this.#socket.usable) return; // it runs when the socket is open again
    try {
      await this.#roster.reconcile();
    } catch (error) {
      this.#options.logger.warn('The calls in Asterisk could not be listed', { error });
    }
  }

  /** The filter is the other process's now, and may hold our answers back. */
  #replace(): void {
    this.#http.prefer(() => null);
    this.#setReplaced();
  }

  #handle(message: object): void {
    try {
      const event = readEvent(message);
      if (event === null)
        this.#options.logger.warn('Asterisk sent an event that could not be read', describe(message));
      else if (event.type === 'ApplicationReplaced') this.#replace();
      else this.#roster.handle(event);
    } catch (error) {
      this.#options.logger.error('An Asterisk event could not be handled', { ...describe(message), error });
    }
  }
}

/** What the log says of a message: its type, and the call it is about. */
function describe(message: unknown): object {
  const channelId = channelIdOf(message);
  return { type: (message as { type?: unknown }).type, ...(channelId !== null && nameCall(channelId)) };
}
