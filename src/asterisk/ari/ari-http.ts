/** HTTP to Asterisk's REST interface, and the seam through which ari-client uses it. */
import { createRequire } from 'node:module';
import { Agent, request, type IncomingMessage } from 'node:http';
import { Agent as TlsAgent, request as tlsRequest } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import { describeTlsFailure, wasCutOff } from '../../machine/tls-failure.ts';
import { tell } from '../../measured.ts';
import { verifiedTls } from '../../machine/tls-options.ts';
import { nameOperation } from './ari-operation.ts';
import { AriConnectionLost, AriRequestFailed, AriTlsFailed } from './ari-errors.ts';

/** How to reach one Asterisk's REST interface. */
export interface AriAccess {
  /** `http://127.0.0.1:8088`, without `/ari`. */
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** For https: the certificates (PEM) of the only authorities that are trusted. Default: those of Node. */
  readonly authorities?: string | undefined;
}

/** Why a connection to Asterisk failed, in one sentence. */
export function describeAriFailure(error: Error): string {
  return describeTls(error) ?? error.message;
}

function describeTls(error: Error): string | null {
  return describeTlsFailure(error, { file: 'ARI_CA_FILE', otherwise: 'that Node trusts' });
}

function requestError(operation: string, error: Error): AriRequestFailed {
  if (error instanceof AriRequestFailed) return error;
  const tls = wasCutOff(error) ? null : describeTls(error);
  return tls === null
    ? new AriConnectionLost(operation, 0, describeAriFailure(error))
    : new AriTlsFailed(operation, 0, tls);
}

/** The longest response that is read, bytes. The largest of Asterisk's API documents has 200 kB. */
const maxResponse = 4 * 1024 * 1024;

/** When a request is sent again, ms after it failed. */
const againAfterMs = [0, 50, 150, 300];

/**
 * Never a variable: a timer that is set late would cut off a call that has gone to the operator meanwhile, and those
 * who set one do it again anyway. After 503 all else, since Asterisk has not carried it out. After a broken connection
 * not what plays, dials or subscribes: done twice, that would be heard, or ring, twice.
 */
function mayBeRepeated(error: unknown, method: string, path: string): boolean {
  if (method === 'POST' && /\/variable(\?|$)/.test(path)) return false;
  if (error instanceof AriRequestFailed && error.status === 503) return true;
  if (!(error instanceof AriConnectionLost)) return false;
  return method !== 'POST' || /\/(answer|continue)(\?|$)/.test(path);
}

/** A response with a status below 300. */
export interface HttpAnswer {
  status: number;
  data: Buffer;
}

/** A faster way to Asterisk than HTTP, where a request may take it; null: it may not, or not now. */
export type FasterWay = (method: string, path: string, body?: string) => Promise<HttpAnswer> | null;

/**
 * HTTP to one Asterisk. Every request ends: with a response, with the connection's error, or at its
 * deadline. At most `maxSockets` requests are under way, since Asterisk does not answer connections
 * beyond its `sessionlimit`; the others wait, and their deadline runs.
 */
export class AriHttp {
  readonly #origin: string;
  readonly #agent: Agent;
  readonly #tls: boolean;
  readonly #authorization: string;
  readonly #deadlineMs: number;
  #fasterWay: FasterWay = () => null;
  #isClosed = false;

  constructor(options: AriAccess & { deadlineMs: number; maxSockets: number }) {
    this.#origin = new URL(options.url).origin;
    this.#tls = this.#origin.startsWith('https:');
    // Asterisk closes an idle connection after 15 s (http.conf, session_keep_alive). We close it
    // earlier, so that no request is sent on a connection that is being closed.
    const pool = { keepAlive: true, maxSockets: options.maxSockets, timeout: 10_000 };
    this.#agent = this.#tls
      ? new TlsAgent({ ...pool, ...verifiedTls(options.authorities) })
      : new Agent(pool);
    this.#authorization = `Basic ${Buffer.from(`${options.username}:${options.password}`).toString('base64')}`;
    this.#deadlineMs = options.deadlineMs;
  }

  /** From now on requests take another way wherever it lets them. One that fails there is sent again as any other. */
  prefer(way: FasterWay): void {
    this.#fasterWay = way;
  }

  /**
   * Sends one request; `path` includes the query. If its connection breaks or Asterisk answers 503, and it may be
   * carried out twice, it is sent again, up to four times, half a second apart in all, each with a deadline of its
   * own: a lost one may leave the caller in silence.
   *
   * @throws AriRequestFailed for a status of 300 or above, no response, or none in time.
   */
  async send(method: string, path: string, body?: string): Promise<HttpAnswer> {
    for (const pauseMs of againAfterMs) {
      try {
        return await this.#sendOnce(method, path, body);
      } catch (error) {
        if (!mayBeRepeated(error, method, path)) throw error;
        await delay(pauseMs);
        if (this.#isClosed) throw error;
      }
    }
    return this.#sendOnce(method, path, body);
  }

  /** Closes all connections; requests under way fail. */
  close(): void {
    this.#isClosed = true;
    this.#agent.destroy();
  }

  async #sendOnce(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const sentAt = performance.now();
    let hasFailed = true;
    try {
      const answer = await (this.#fasterWay(method, path, body) ?? this.#exchange(method, path, body));
      hasFailed = false;
      return answer;
    } finally {
      tell('ariRequest', {
        operation: nameOperation(method, path),
        hasFailed,
        ms: performance.now() - sentAt,
      });
    }
  }

  #exchange(method: string, path: string, body?: string): Promise<HttpAnswer> {
    const operation = operationOf(method, path);
    const headers = {
      authorization: this.#authorization,
      accept: 'application/json',
      ...(body !== undefined && {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
      }),
    };
    return new Promise((resolve, reject) => {
      // Ends the request itself and frees its connection; a deadline on the promise would not.
      const deadline = setTimeout(
        () => sent.destroy(new AriRequestFailed(operation, 0, `no response within ${this.#deadlineMs} ms`)),
        this.#deadlineMs,
      );
      const sent = (this.#tls ? tlsRequest : request)(
        this.#origin + path,
        { method, headers, agent: this.#agent },
        (answer) => void read(operation, answer).then(resolve, reject),
      );
      sent.once('error', (error) => reject(requestError(operation, error)));
      sent.once('close', () => clearTimeout(deadline));
      sent.end(body);
    });
  }
}

async function read(operation: string, answer: IncomingMessage): Promise<HttpAnswer> {
  const data = await bufferOf(answer).catch(() => {
    throw new AriConnectionLost(operation, 0, 'the connection was lost during the response');
  });
  if (data === null)
    throw new AriRequestFailed(operation, 0, `the response is longer than ${maxResponse} bytes`);
  return answerOf(operation, answer.statusCode ?? 0, data);
}

/** @throws AriRequestFailed for a status of 300 or above */
export function answerOf(operation: string, status: number, data: Buffer): HttpAnswer {
  if (status >= 300) throw new AriRequestFailed(operation, status, `${status} ${messageOf(data)}`);
  return { status, data };
}

/** The whole response; null if it is too long. */
async function bufferOf(answer: IncomingMessage): Promise<Buffer | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxResponse) return null; // leaving the loop closes the connection
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Method and path, without the query. */
export function operationOf(method: string, path: string): string {
  return `${method.toUpperCase()} ${path.split('?', 1)[0]}`;
}

/** ARI's explanation: `{"message": "Channel not found"}`. */
function messageOf(data: Buffer): string {
  try {
    const { message } = JSON.parse(data.toString()) as { message?: unknown };
    return typeof message === 'string' ? message.slice(0, 100) : '';
  } catch {
    return '';
  }
}

/** A request as swagger-client passes it to its transport. */
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
 * ari-client 2.2.0 sends through swagger-client 2.0 and shred 0.8. There, a refused or reset
 * connection, a response slower than 5 s and a failing callback each leave a promise that never
 * settles, and all clients share one global for credentials. This replaces the one method through
 * which every request passes (`SwaggerHttp.execute`), and shred is never loaded. It can go when
 * ari-client has a transport that reports its errors.
 */
export function sendAriClientOver(url: string, http: AriHttp): void {
  const ariClientRequire = createRequire(createRequire(import.meta.url).resolve('ari-client'));
  const { SwaggerHttp, PasswordAuthorization } = ariClientRequire('swagger-client') as {
    SwaggerHttp: { prototype: { execute(request: SwaggerRequest): void } };
    PasswordAuthorization: { prototype: { apply(): boolean } };
  };
  // swagger-client calls a global of this name to remark on the age of Asterisk's documents.
  Object.assign(globalThis, { log: () => undefined });
  transports.set(new URL(url).origin, http);
  SwaggerHttp.prototype.execute = (swagger) => void execute(swagger);
  // `http` has credentials of its own; swagger-client would encode some anew for every request.
  PasswordAuthorization.prototype.apply = () => true;
}

async function execute({ url, method, body, on }: SwaggerRequest): Promise<void> {
  const { origin, pathname, search } = new URL(url);
  const operation = operationOf(method, pathname);
  try {
    // The origin is the one in Asterisk's documents, which may differ from the configured one.
    const http = transports.get(origin) ?? [...transports.values()].at(-1);
    if (http === undefined) throw new AriRequestFailed(operation, 0, 'no connection');
    const answer = await http.send(method.toUpperCase(), pathname + search, body);
    on.response({ ...answer, headers: {} });
  } catch (error) {
    // on.response throws if the response is not what the API documents promise.
    report(
      on,
      error instanceof AriRequestFailed
        ? error
        : new AriRequestFailed(operation, 0, 'the response is not ARI'),
    );
  }
}

function report(on: SwaggerRequest['on'], error: AriRequestFailed): void {
  try {
    on.error(error);
  } catch {
    // While it loads the API documents, swagger-client both reports a failure and throws it.
  }
}
