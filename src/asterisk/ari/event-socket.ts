/** The WebSocket that brings Asterisk's events: opened, watched, and reopened when it is lost. */
import { WebSocket } from 'ws';
import type { Logger } from 'winston';
import { backOff } from '../../timing/back-off.ts';
import { eventTypes, readMessage } from './ari-events.ts';
import { describeAriFailure, type AriAccess, type HttpAnswer } from './ari-http.ts';
import { answerType, goesOverSocket, SocketRequests, type RestResponse } from './socket-requests.ts';
import { tell } from '../../measured.ts';
import { verifiedTls } from '../../machine/tls-options.ts';

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
  access: AriAccess;
  application: string;
  timings: EventSocketTimings;
  logger: Logger;
  /** Runs whenever the socket has opened. If it rejects, the socket is closed and opened again. */
  onOpen: () => Promise<void>;
  /** Gets every message of one of our event types. */
  onEvent: (event: object) => void;
  /** Longest wait for the answer to a request, ms. */
  operationMs: number;
}

/**
 * The longest event, bytes. A longer one ends the connection, so it must be more than a caller can cause:
 * a SIP message has at most 64 kB, of which JSON escapes make six times as much.
 */
const maxEvent = 4 * 1024 * 1024;

/** How long Asterisk may take to confirm a close, ms. */
const goodbyeMs = 500;

/**
 * The event socket, opened with `ws` and kept open. ari-client's own gives up after ten attempts, cannot
 * be stopped from trying, does not notice a dead connection, has the password in its URL, throws at
 * malformed JSON or an event type that its API documents lack, and takes no authority of TLS.
 */
export class EventSocket {
  readonly #options: EventSocketOptions;
  readonly #requests: SocketRequests;
  #socket: WebSocket | undefined;
  #closed = false;
  #usable = false;
  #attempts = 0;
  /** On the clock of performance.now(), which nobody sets. */
  #pongAt: number | null = null;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: EventSocketOptions) {
    this.#options = options;
    this.#requests = new SocketRequests(options.operationMs);
  }

  /** Whether it is open and `onOpen` has run. */
  get usable(): boolean {
    return this.#usable;
  }

  /** Since Asterisk last answered on the socket that is open, ms; null: none is. */
  get pongAgeMs(): number | null {
    return this.#usable && this.#pongAt !== null ? performance.now() - this.#pongAt : null;
  }

  /**
   * Opens the socket. From then on it is reopened whenever it is lost.
   *
   * @throws Error if this first attempt fails.
   */
  async open(): Promise<void> {
    await this.#attempt();
  }

  /**
   * Sends a request over the socket; null: it is not one for it, or the socket is not usable.
   *
   * @throws AriRequestFailed; AriConnectionLost if the socket is lost first
   */
  request(method: string, path: string, body?: string): Promise<HttpAnswer> | null {
    const socket = this.#socket;
    const isOpen = this.#usable && socket?.readyState === WebSocket.OPEN;
    if (!isOpen || !goesOverSocket(method, path, body)) return null;
    return this.#requests.send((text) => socket.send(text), method, path, body);
  }

  /** Closes the socket for good, and resolves when it is closed. An attempt under way is given up. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    const socket = this.#socket;
    if (socket === undefined || socket.readyState === socket.CLOSED) return;
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.close(); // Asterisk logs a warning when a socket just vanishes
    setTimeout(() => socket.terminate(), goodbyeMs).unref();
    await closed;
  }

  /** Resolves when the socket is open and `onOpen` has run. */
  #attempt(): Promise<void> {
    const { access, application, timings } = this.#options;
    const { origin } = new URL(access.url);
    // http becomes ws, and https becomes wss.
    const socket = new WebSocket(`${origin.replace('http', 'ws')}/ari/events?app=${application}`, {
      auth: `${access.username}:${access.password}`,
      maxPayload: maxEvent,
      perMessageDeflate: false,
      ...verifiedTls(access.authorities),
    });
    this.#socket = socket;
    socket.on('message', (message: Buffer) => this.#accept(message.toString()));
    return new Promise((resolve, reject) => {
      let problem = new Error('closed while opening');
      const opening = setTimeout(() => socket.terminate(), timings.openMs);
      socket.on('error', (error) => {
        problem = new Error(describeAriFailure(error));
      });
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

  #opened(socket: WebSocket, resolve: () => void, failed: (error: Error) => void): void {
    const stopHeartbeat = this.#keepBeating(socket);
    const { application, logger, timings } = this.#options;
    const { heartbeatMs } = timings;
    socket.once('close', (code) => {
      const isSilent = stopHeartbeat();
      if (!this.#usable) return; // still opening: the attempt has failed
      this.#usable = false;
      this.#requests.fail();
      if (this.#closed) return;
      tell('ariLost', {});
      const why = isSilent ? `no answer to a ping within ${heartbeatMs} ms` : `closed (${code})`;
      logger.warn('Lost the event socket to Asterisk, trying to reopen it', { why });
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

  /** Pings until the returned function is called, which says whether a ping had no answer. */
  #keepBeating(socket: WebSocket): () => boolean {
    let alive = true;
    let isSilent = false;
    this.#pongAt = performance.now(); // it has just answered our opening
    socket.on('pong', () => {
      alive = true;
      this.#pongAt = performance.now();
    });
    const heartbeat = setInterval(() => {
      if (!alive) {
        isSilent = true;
        return socket.terminate();
      }
      alive = false;
      socket.ping();
    }, this.#options.timings.heartbeatMs);
    return () => {
      clearInterval(heartbeat);
      return isSilent;
    };
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

  #accept(text: string): void {
    const message = readMessage(text);
    // Also while it is being closed: who waits for an answer gets it.
    if (message?.type === answerType) return this.#requests.take(message as unknown as RestResponse);
    if (this.#closed) return;
    if (message === null || !eventTypes.has(message.type)) {
      this.#options.logger.debug('Dropped a message of the Asterisk event socket', {
        type: message?.type ?? 'not an event',
      });
      return;
    }
    this.#options.onEvent(message);
  }
}
