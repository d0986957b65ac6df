import { createRequire } from 'node:module';
import { Agent, request, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { buffer } from 'node:stream/consumers';
import { AriConnectionLost, AriRequestFailed } from './ari-errors.ts';

/** An answer below 300. */
export interface HttpAnswer {
  status: number;
  data: Buffer;
}

/**
 * HTTP to one Asterisk. Every request ends: with an answer, with the connection's error, or at its
 * deadline. At most `maxSockets` requests are under way, the others wait their turn (their clock
 * runs): Asterisk leaves connections beyond its `sessionlimit` without an answer.
 */
export class AriHttp {
  readonly #origin: string;
  readonly #agent: Agent;
  readonly #tls: boolean;
  readonly #authorization: string;
  readonly #deadlineMs: number;

  constructor(options: {
    url: string;
    username: string;
    password: string;
    deadlineMs: number;
    maxSockets: number;
  }) {
    this.#origin = new URL(options.url).origin;
    this.#tls = this.#origin.startsWith('https:');
    // Asterisk closes an idle connection after 15 s (http.conf, session_keep_alive); we close it
    // first, so that no request meets a connection that is just being closed.
    const pool = { keepAlive: true, maxSockets: options.maxSockets, timeout: 10_000 };
    this.#agent = this.#tls ? new TlsAgent(pool) : new Agent(pool);
    this.#authorization = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
    this.#deadlineMs = options.deadlineMs;
  }

  /**
   * Sends one request; `path` includes the query. A question whose connection breaks is asked once
   * more: it changes nothing, and a caller must not pay for it.
   *
   * @throws AriRequestFailed for an answer of 300 or above, no answer, or none in time.
   */
  send(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const answer = this.#sendOnce(method, path, body);
    if (method !== 'GET') return answer;
    return answer.catch((error: unknown) => {
      if (error instanceof AriConnectionLost) return this.#sendOnce(method, path, body);
      throw error;
    });
  }

  /** Closes every connection; requests under way fail. */
  close(): void {
    this.#agent.destroy();
  }

  #sendOnce(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const url = this.#origin + path;
    const operation = operationOf(method, url);
    const headers = {
      authorization: this.#authorization,
      accept: 'application/json',
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    };
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(
        () => sent.destroy(new AriRequestFailed(operation, 0, `no answer within ${this.#deadlineMs} ms`)),
        this.#deadlineMs,
      );
      const failed = (error: Error) =>
        reject(
          error instanceof AriRequestFailed ? error : new AriConnectionLost(operation, 0, error.message),
        );
      const sent = (this.#tls ? tlsRequest : request)(
        url,
        { method, headers, agent: this.#agent },
        (answer) => void read(operation, answer).then(resolve, reject),
      );
      sent.once('error', failed);
      sent.once('close', () => clearTimeout(deadline));
      sent.end(body);
    });
  }
}

async function read(operation: string, answer: IncomingMessage): Promise<HttpAnswer> {
  const data = await buffer(answer).catch(() => {
    throw new AriConnectionLost(operation, 0, 'the connection was lost within the answer');
  });
  const status = answer.statusCode ?? 0;
  if (status >= 300) throw new AriRequestFailed(operation, status, `${status} ${messageOf(data)}`);
  return { status, data };
}

/** Without the query. */
function operationOf(method: string, url: string): string {
  return `${method.toUpperCase()} ${new URL(url).pathname}`;
}

/** ARI explains itself in `{"message": "Channel not found"}`. */
function messageOf(data: Buffer): string {
  try {
    const { message } = JSON.parse(data.toString()) as { message?: unknown };
    return typeof message === 'string' ? message.slice(0, 100) : '';
  } catch {
    return '';
  }
}

/** A request as swagger-client hands it to its transport. */
interface SwaggerRequest {
  url: string;
  method: string;
  body?: string;
  on: { response(answer: HttpAnswer & { headers: object }): void; error(error: AriRequestFailed): void };
}

const transports = new Map<string, AriHttp>();

/**
 * Makes ari-client send its requests to `url` over `http`.
 *
 * ari-client 2.2.0 sends through swagger-client 2.0 and shred 0.8, where a refused or reset
 * connection, an answer slower than 5 s and a failing callback all leave a promise that never
 * settles, and where credentials are one global for all clients. This replaces the one method
 * through which every request passes (`SwaggerHttp.execute`), so shred is never loaded. It may go
 * when ari-client has a transport that reports its errors.
 */
export function sendAriClientOver(url: string, http: AriHttp): void {
  const ariClientRequire = createRequire(createRequire(import.meta.url).resolve('ari-client'));
  const { SwaggerHttp } = ariClientRequire('swagger-client') as {
    SwaggerHttp: { prototype: { execute(request: SwaggerRequest): void } };
  };
  // swagger-client remarks on the age of Asterisk's documents through a global of its own.
  Object.assign(globalThis, { log: () => undefined });
  transports.set(new URL(url).origin, http);
  SwaggerHttp.prototype.execute = (swagger) => void execute(swagger);
}

async function execute({ url, method, body, on }: SwaggerRequest): Promise<void> {
  const { origin, pathname, search } = new URL(url);
  const operation = operationOf(method, url);
  try {
    // The address is the one Asterisk's documents claim; ours is the one the admin configured.
    const http = transports.get(origin) ?? [...transports.values()].at(-1);
    if (http === undefined) throw new AriRequestFailed(operation, 0, 'no connection');
    const answer = await http.send(method.toUpperCase(), pathname + search, body);
    on.response({ ...answer, headers: {} });
  } catch (error) {
    // on.response throws on an answer that is not what the API documents promise.
    report(
      on,
      error instanceof AriRequestFailed
        ? error
        : new AriRequestFailed(operation, 0, 'an answer that is not ARI'),
    );
  }
}

function report(on: SwaggerRequest['on'], error: AriRequestFailed): void {
  try {
    on.error(error);
  } catch {
    // While the API documents load, swagger-client reports a failure and then throws it as well.
  }
}
