/** The WebSocket that brings Asterisk's events: opened, watched, and reopened when it is lost. */
import type { Client } from 'ari-client';
import type { Logger } from 'winston';
import { backOff } from '../../timing/back-off.ts';
import { eventTypes, typeOfMessage } from './ari-events.ts';

/** When the event socket counts as lost, and how soon it is reopened. */
export interface EventSocketTimings {
  /** Interval between pings, ms. A ping without an answer by the next one means that the socket is lost. */
  heartbeatMs: number;
  /** Longest time to open the socket, ms. */
  openMs: number;
  /** Delay before the next attempt to open it, ms: the first, doubled up to the longest. */
  retryMs: readonly [first: number, max: number];
}

export interface EventSocketOptions {
  client: Client;
  application: string;
  timings: EventSocketTimings;
  logger: Logger;
  /** Runs whenever the socket has opened. If it rejects, the socket is closed and opened again. */
  onOpen: () => Promise<void>;
}

/** How long Asterisk may take to confirm a close, ms. */
const goodbyeMs = 500;

/**
 * The event socket. ari-client opens it, reads it and emits the events; we keep it open.
 *
 * ari-client 2.2.0 gives up after ten attempts, cannot be stopped from trying, does not notice a dead
 * connection, and throws in its message handler at malformed JSON or an event type that its API
 * documents lack. We therefore tell it that every close is intended (`_wsClosed`), and pass it only
 * messages of our event types. The socket's URL holds the password and is never logged.
 */
export class EventSocket {
  readonly #options: EventSocketOptions;
  #closed = false;
  #usable = false;
  /** By `performance.now()`. */
  #lostAt = -Infinity;
  #attempts = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: EventSocketOptions) {
    this.#options = options;
  }

  /** Whether it is open and `onOpen` has run. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Whether it is usable, or was less than `ms` ago. */
  isUsableOrWas(ms: number): boolean {
    return this.#usable || performance.now() - this.#lostAt < ms;
  }

  /**
   * Opens the socket. From then on it is reopened whenever it is lost.
   *
   * @throws Error if this first attempt fails.
   */
  async open(): Promise<void> {
    await this.#attempt();
  }

  /** Closes the socket for good, and resolves when it is closed. An attempt under way is given up. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const socket = this.#options.client._ws;
    if (socket === undefined || socket.readyState === socket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close(); // Asterisk logs a warning when a socket just vanishes
    setTimeout(() => socket.terminate(), goodbyeMs).unref();
    await closed;
  }

  /** Resolves when the socket is open and `onOpen` has run. */
  #attempt(): Promise<void> {
    const { client, application, timings } = this.#options;
    client._wsClosed = true;
    // It would reject only after ten attempts of its own, which _wsClosed prevents: watch the socket instead.
    void client.start(application).then(undefined, () => undefined);
    const socket = client._ws;
    const [dispatch] = socket.listeners('message') as [(text: string) => void];
    socket.removeAllListeners('message');
    socket.on('message', (message: Buffer) => this.#accept(message.toString(), dispatch));
    return new Promise((resolve, reject) => {
      let problem = new Error('closed while opening');
      const opening = setTimeout(() => socket.terminate(), timings.openMs);
      socket.on('error', (error) => (problem = error));
      socket.once('open', () => {
        clearTimeout(opening);
        this.#opened(socket, resolve, (error) => {
          problem = error;
        });
      });
      socket.once('close', () => {
        clearTimeout(opening);
        reject(problem);
      });
    });
  }

  #opened(socket: Client['_ws'], resolve: () => void, failed: (error: Error) => void): void {
    const stopHeartbeat = this.#keepBeating(socket);
    const { application, logger } = this.#options;
    socket.once('close', () => {
      stopHeartbeat();
      if (!this.#usable) return; // still opening: the attempt has failed
      this.#usable = false;
      this.#lostAt = performance.now();
      if (this.#closed) return;
      logger.warn('Lost the event socket to Asterisk, trying to reopen it');
      this.#tryAgain();
    });
    this.#options.onOpen().then(
      () => {
        if (socket.readyState !== socket.OPEN) return;
        this.#usable = true;
        this.#attempts = 0;
        logger.info('Connected to Asterisk', { application });
        resolve();
      },
      (error: Error) => {
        failed(error);
        socket.terminate();
      },
    );
  }

  #keepBeating(socket: Client['_ws']): () => void {
    let alive = true;
    socket.on('pong', () => (alive = true));
    const heartbeat = setInterval(() => {
      if (!alive) return socket.terminate();
      alive = false;
      socket.ping();
    }, this.#options.timings.heartbeatMs);
    return () => clearInterval(heartbeat);
  }

  #tryAgain(): void {
    if (this.#closed) return;
    const [firstMs, maxMs] = this.#options.timings.retryMs;
    // With jitter, so that several instances do not reconnect at once.
    const delayMs = backOff({ firstMs, maxMs, jitter: Math.random })(++this.#attempts);
    this.#retry = setTimeout(() => {
      this.#attempt().catch((error: unknown) => {
        this.#options.logger.debug('Asterisk event socket still closed', { error });
        this.#tryAgain();
      });
    }, delayMs);
  }

  #accept(text: string, dispatch: (text: string) => void): void {
    if (this.#closed) return;
    const type = typeOfMessage(text);
    if (type === null || !eventTypes.includes(type)) {
      this.#options.logger.debug('Dropped a message of the Asterisk event socket', {
        type: type ?? 'not an event',
      });
      return;
    }
    try {
      dispatch(text);
    } catch (error) {
      this.#options.logger.error('An Asterisk event could not be handled', { type, error });
    }
  }
}
