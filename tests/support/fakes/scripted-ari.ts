/**
 * An Asterisk that speaks only ARI, and misbehaves on demand. The API documents have Asterisk's own
 * format (Swagger 1.1), reduced to the operations that the application uses.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { WebSocketServer, type WebSocket } from 'ws';

/** How a request is answered: by a status with a body, never, or by a reset of the connection. */
export type Answer = { status: number; body?: unknown } | 'never' | 'reset';

export interface Request {
  method: string;
  path: string;
  body: string;
  /** Over the event socket, or over HTTP. */
  over: 'socket' | 'HTTP';
}

/** A request as it comes over the event socket. */
interface SocketRequest {
  request_id: string;
  method: string;
  uri: string;
  message_body?: string;
}

const path = (name: string) => ({ name, paramType: 'path', required: true, dataType: 'string' });
const query = (name: string) => ({ name, paramType: 'query', required: false, dataType: 'string' });
const operation = (
  httpMethod: string,
  at: string,
  nickname: string,
  parameters: object[] = [],
  responseClass = 'void',
) => ({
  path: at,
  operations: [{ httpMethod, nickname, responseClass, parameters }],
});
const channelId = path('channelId');
const documents: Record<string, object[]> = {
  channels: [
    operation('GET', '/channels/{channelId}', 'get', [channelId], 'Channel'),
    operation('DELETE', '/channels/{channelId}', 'hangup', [channelId]),
    operation(
      'GET',
      '/channels/{channelId}/variable',
      'getChannelVar',
      [channelId, query('variable')],
      'Variable',
    ),
    operation('POST', '/channels/{channelId}/answer', 'answer', [channelId]),
    operation('POST', '/channels/{channelId}/continue', 'continueInDialplan', [
      channelId,
      query('context'),
      query('extension'),
      query('priority'),
    ]),
    operation(
      'POST',
      '/channels/{channelId}/play/{playbackId}',
      'playWithId',
      [channelId, path('playbackId'), query('media')],
      'Playback',
    ),
  ],
  playbacks: [
    operation('GET', '/playbacks/{playbackId}', 'get', [path('playbackId')], 'Playback'),
    operation('DELETE', '/playbacks/{playbackId}', 'stop', [path('playbackId')]),
  ],
  applications: [
    operation('GET', '/applications/{applicationName}', 'get', [path('applicationName')], 'Application'),
    operation(
      'PUT',
      '/applications/{applicationName}/eventFilter',
      'filter',
      [path('applicationName'), { name: 'filter', paramType: 'body', required: false, dataType: 'object' }],
      'Application',
    ),
  ],
  asterisk: [
    operation('GET', '/asterisk/variable', 'getGlobalVar', [query('variable')], 'Variable'),
    operation('POST', '/asterisk/variable', 'setGlobalVar', [query('variable'), query('value')]),
  ],
  sounds: [operation('GET', '/sounds', 'list', [query('lang'), query('format')], 'List[Sound]')],
  events: [],
};
const eventModels = Object.fromEntries(
  [
    'StasisStart',
    'StasisEnd',
    'ChannelHangupRequest',
    'ChannelDestroyed',
    'ChannelDtmfReceived',
    'PlaybackStarted',
    'PlaybackContinuing',
    'PlaybackFinished',
    'ApplicationReplaced',
  ].map((id) => [id, { id, properties: {} }]),
);

export class ScriptedAri {
  readonly username: string = 'hotline';
  readonly password: string = 'a-password-nobody-may-see';
  readonly requests: Request[] = [];
  /** Channels in the application. */
  readonly channels = new Set<string>();
  /** Event sockets that were requested, whether opened or not. */
  socketsAsked = 0;
  /** The highest number of connections open at once, event sockets included. */
  maxConnections = 0;
  pings = 0;
  refuseSockets = false;
  /** Leaves requests for an event socket unanswered. */
  holdSockets = false;
  answerPings = true;
  readonly #answers: { method: string; path: RegExp; answer: Answer | Promise<Answer> | (() => Answer) }[] =
    [];
  readonly #args = new Map<string, string[]>();
  readonly #held: Duplex[] = [];
  readonly #server: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, autoPong: false });
  #socketTurn: Promise<void> = Promise.resolve();

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
    this.#server.on('upgrade', (request, socket, head) => {
      this.socketsAsked += 1;
      socket.on('error', () => undefined); // the application may give an attempt up by a reset
      if (this.holdSockets) return void this.#held.push(socket);
      if (this.refuseSockets) return void socket.end('HTTP/1.1 503 Service Unavailable\r\n\r\n');
      this.#sockets.handleUpgrade(request, socket, head, (opened) =>
        opened
          .on('ping', () => {
            this.pings += 1;
            if (this.answerPings) opened.pong();
          })
          .on(
            'message',
            (message: Buffer) =>
              void this.#serveSocket(opened, JSON.parse(message.toString()) as SocketRequest),
          ),
      );
    });
    let connections = 0;
    this.#server.on('connection', (socket) => {
      this.maxConnections = Math.max(this.maxConnections, ++connections);
      socket.once('close', () => (connections -= 1));
    });
  }

  static async start(): Promise<ScriptedAri> {
    const ari = new ScriptedAri();
    ari.#server.listen(0, '127.0.0.1');
    await once(ari.#server, 'listening');
    return ari;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /**
   * From now on answers matching requests this way, with what the promise resolves to, or with what the
   * function returns. The latest rule wins.
   */
  answer(method: string, pathPattern: RegExp, answer: Answer | Promise<Answer> | (() => Answer)): void {
    this.#answers.unshift({ method, path: pathPattern, answer });
  }

  /** Sends a text to every open event socket. */
  sendText(message: string): void {
    for (const socket of this.#sockets.clients) socket.send(message);
  }

  /** Sends an event, with a timestamp as Asterisk writes it. */
  send(type: string, fields: object = {}, atMs = Date.now()): void {
    this.sendText(
      JSON.stringify({
        type,
        application: 'hotline',
        timestamp: new Date(atMs).toISOString().replace('Z', '+0000'),
        ...fields,
      }),
    );
  }

  /** Channels that have gone back to the dialplan. */
  readonly inDialplan = new Set<string>();

  /** A channel enters the application. */
  enter(id: string, args: string[] = []): void {
    this.enterUnannounced(id, args);
    this.send('StasisStart', { args, channel: this.snapshot(id) });
  }

  /** A channel enters the application, and the event about it is lost. */
  enterUnannounced(id: string, args: string[] = []): void {
    this.channels.add(id);
    this.#args.set(id, args);
  }

  snapshot(id: string): {
    id: string;
    name: string;
    state: string;
    caller: { number: string };
    dialplan: { app_name: string; app_data: string };
  } {
    return {
      id,
      name: `PJSIP/trunk-${id}`,
      state: 'Up',
      caller: { number: '0912345678' },
      dialplan: {
        app_name: this.inDialplan.has(id) ? 'Playback' : 'Stasis',
        app_data: ['hotline', ...(this.#args.get(id) ?? [])].join(),
      },
    };
  }

  /** Cuts every event socket without a close frame. */
  cutSockets(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  get openSockets(): number {
    return this.#sockets.clients.size;
  }

  async stop(): Promise<void> {
    this.cutSockets();
    for (const socket of this.#held) socket.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, search } = new URL(request.url ?? '/', this.url);
    const method = request.method ?? '';
    this.requests.push({ method, path: pathname + search, body: await text(request), over: 'HTTP' });
    const isLoggedIn = request.headers.authorization === `Basic ${btoa(`${this.username}:${this.password}`)}`;
    const answer = (await this.#scripted(method, pathname)) ?? this.#usual(isLoggedIn, method, pathname);
    if (answer === 'never') return;
    if (answer === 'reset') return void request.socket.resetAndDestroy();
    response.writeHead(answer.status, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? ''));
  }

  /** One after another, as Asterisk does: while one is answered `never`, so are those behind it. */
  async #serveSocket(
    socket: WebSocket,
    { request_id, method, uri, message_body }: SocketRequest,
  ): Promise<void> {
    const before = this.#socketTurn;
    const turn = Promise.withResolvers<void>();
    this.#socketTurn = turn.promise;
    await before;
    const path = `/ari/${uri}`;
    const { pathname } = new URL(path, this.url);
    this.requests.push({ method, path, body: message_body ?? '', over: 'socket' });
    const answer = (await this.#scripted(method, pathname)) ?? this.#usual(true, method, pathname);
    if (answer === 'never') return;
    turn.resolve();
    if (answer === 'reset') return socket.terminate();
    const body = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? '');
    const response = { request_id, status_code: answer.status, uri, message_body: body };
    socket.send(JSON.stringify({ type: 'RESTResponse', application: 'hotline', ...response }));
  }

  async #scripted(method: string, pathname: string): Promise<Answer | undefined> {
    const rule = this.#answers.find((rule) => rule.method === method && rule.path.test(pathname));
    return typeof rule?.answer === 'function' ? rule.answer() : rule?.answer;
  }

  #usual(isLoggedIn: boolean, method: string, pathname: string): Answer {
    const document = /^\/ari\/api-docs\/(\w+)\.json$/.exec(pathname)?.[1];
    const frame = { apiVersion: '10.0.0', swaggerVersion: '1.1', basePath: `${this.url}/ari` };
    if (document === 'resources')
      return {
        status: 200,
        body: {
          ...frame,
          apis: Object.keys(documents).map((name) => ({ path: `/api-docs/${name}.{format}` })),
        },
      };
    if (document !== undefined)
      return {
        status: 200,
        body: {
          ...frame,
          resourcePath: `/api-docs/${document}.{format}`,
          apis: documents[document],
          models: document === 'events' ? eventModels : {},
        },
      };
    if (!isLoggedIn) return { status: 401, body: { message: 'Authentication required' } };
    const channel = /^\/ari\/channels\/([^/]+)$/.exec(pathname)?.[1];
    if (method === 'GET' && channel !== undefined)
      return this.channels.has(channel)
        ? { status: 200, body: this.snapshot(channel) }
        : { status: 404, body: { message: 'Channel not found' } };
    if (pathname.startsWith('/ari/applications/'))
      return { status: 200, body: { name: 'hotline', channel_ids: [...this.channels] } };
    if (method === 'GET' && pathname === '/ari/asterisk/variable')
      return { status: 200, body: { value: '1763800000' } };
    if (pathname === '/ari/sounds') return { status: 200, body: [] };
    return { status: method === 'GET' || pathname.includes('/play/') ? 200 : 204, body: {} };
  }
}
