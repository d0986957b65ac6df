/** A proxy between the application and Asterisk's REST interface, under a test's control. */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, WebSocketServer } from 'ws';

/** What happens to one event. `reorder`: it arrives after the next one. */
export type EventFate = 'pass' | 'drop' | 'duplicate' | 'reorder' | { readonly delayMs: number };

/**
 * What happens to one request. `swallow`: it is never answered, as behind a firewall that drops packets.
 * `reset`: Asterisk carries it out, but the connection breaks before the answer.
 */
export type RequestFate = 'pass' | 'refuse' | 'break' | 'swallow' | 'reset' | { readonly delayMs: number };

export class AriProxy {
  /** Decides about each event, by its type and its JSON. */
  onEvent: (type: string, json: string) => EventFate = () => 'pass';
  /** Decides about each request, over HTTP or over the event socket, which breaks where a connection would. */
  onRequest: () => RequestFate = () => 'pass';
  #isRefusingSockets = false;
  readonly #target: number;
  readonly #server = createServer((incoming, answer) => void this.#relay(incoming, answer));
  readonly #sockets = new WebSocketServer({ noServer: true });

  private constructor(target: number) {
    this.#target = target;
  }

  /** Listens on loopback for an Asterisk on loopback. */
  static async start(port: number, target: number): Promise<AriProxy> {
    const proxy = new AriProxy(target);
    proxy.#server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) =>
      proxy.#upgrade(incoming, socket, head),
    );
    proxy.#server.listen(port, '127.0.0.1');
    await once(proxy.#server, 'listening');
    return proxy;
  }

  /** Lets everything pass. */
  restart(): void {
    this.onEvent = () => 'pass';
    this.onRequest = () => 'pass';
    this.#isRefusingSockets = false;
  }

  /** Breaks every event socket, and opens no other. */
  breakSockets(): void {
    this.#isRefusingSockets = true;
    for (const socket of this.#sockets.clients) socket.terminate();
  }

  /** {@link breakSockets}, for `ms`. */
  async refuseSockets(ms: number): Promise<void> {
    this.breakSockets();
    await pause(ms);
    this.#isRefusingSockets = false;
  }

  /** Loses the next event of this type whose JSON holds `about`. Resolves when it is lost. */
  loseNext(type: string, about: string): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.onEvent;
    let isLost = false;
    this.onEvent = (each, json) => {
      if (isLost || each !== type || !json.includes(about)) return before(each, json);
      isLost = true;
      resolve();
      return 'drop';
    };
    return promise;
  }

  /** Ends it, with every connection. */
  stop(): void {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #relay(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
    const fate = this.onRequest();
    if (fate === 'break') return void incoming.socket.destroy();
    if (fate === 'swallow') return;
    if (fate === 'refuse') return void answer.writeHead(503).end('{"message":"refused by the test"}');
    if (typeof fate === 'object') await pause(fate.delayMs);
    const outgoing = request({
      host: '127.0.0.1',
      port: this.#target,
      method: incoming.method,
      path: incoming.url,
      headers: incoming.headers,
    });
    outgoing.on('error', () => incoming.socket.destroy());
    outgoing.on('response', (response) => {
      if (fate === 'reset') return void incoming.socket.destroy();
      answer.writeHead(response.statusCode ?? 502, response.headers);
      response.on('error', () => incoming.socket.destroy());
      response.pipe(answer);
    });
    incoming.pipe(outgoing);
  }

  #upgrade(incoming: IncomingMessage, socket: Duplex, head: Buffer): void {
    if (this.#isRefusingSockets) return void socket.destroy();
    const upstream = new WebSocket(`ws://127.0.0.1:${this.#target}${incoming.url}`, {
      headers: { authorization: incoming.headers.authorization },
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.terminate());
    upstream.once('open', () => {
      this.#sockets.handleUpgrade(incoming, socket, head, (client) => {
        client.on('error', () => undefined);
        client.on('close', () => upstream.terminate());
        upstream.on('close', () => client.terminate());
        const lost = new Set<string>();
        this.#relayEvents(upstream, client, lost);
        this.#relayRequests(client, upstream, lost);
      });
    });
  }

  /** @param lost requests whose answers the connection does not live to see */
  #relayEvents(upstream: WebSocket, client: WebSocket, lost: ReadonlySet<string>): void {
    let late: string[] = [];
    const send = (text: string) => client.readyState === client.OPEN && client.send(text);
    upstream.on('message', (message: Buffer) => {
      const text = message.toString();
      const { type, request_id = '' } = JSON.parse(text) as { type: string; request_id?: string };
      if (type === 'RESTResponse') return lost.has(request_id) ? client.terminate() : void send(text);
      const fate = this.onEvent(type, text);
      if (fate === 'drop') return;
      if (fate === 'reorder') return void late.push(text);
      if (typeof fate === 'object') return void setTimeout(() => send(text), fate.delayMs);
      for (const each of fate === 'duplicate' ? [text, text] : [text]) send(each);
      for (const each of late) send(each);
      late = [];
    });
  }

  /** In order, so what comes behind a delayed one waits as well. */
  #relayRequests(client: WebSocket, upstream: WebSocket, lost: Set<string>): void {
    let before = Promise.resolve();
    client.on('message', (message: Buffer) => {
      const fate = this.onRequest();
      const text = message.toString();
      const { request_id } = JSON.parse(text) as { request_id: string };
      before = before.then(async () => {
        if (fate === 'break') return client.terminate();
        if (fate === 'swallow') return;
        if (fate === 'refuse') return client.send(refusal(request_id));
        if (fate === 'reset') lost.add(request_id);
        if (typeof fate === 'object') await pause(fate.delayMs);
        if (upstream.readyState === upstream.OPEN) upstream.send(text);
      });
    });
  }
}

function refusal(request_id: string): string {
  const message_body = '{"message":"refused by the test"}';
  return JSON.stringify({ type: 'RESTResponse', request_id, status_code: 503, message_body });
}
