/**
 * The application's HTTP server. `GET /health`: whether a caller would be served right now, for
 * Docker, monitors and `make run`. `GET /status`: what the application is doing, in numbers only.
 * `POST /drain`: finish the running calls and stop, for `hotline drain`.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { openBoundedServer } from '../machine/bounded-server.ts';
import { isAuthorized } from './control-token.ts';
import { EventLoopWatch } from './event-loop-watch.ts';

/** What a caller needs, and whether it is up. `admitting` is false during a drain. */
export type Health = Readonly<Record<'pbx' | 'registry' | 'admitting', boolean>> & {
  /** Why a part is not up, where it is known. */
  readonly reasons?: Readonly<Record<string, string>>;
};

/** Numbers about the application. Contains no secrets and no caller data. */
export interface Status {
  /** This process: a new UUID on each start. */
  readonly instanceId: string;
  readonly calls: number;
  readonly maxCalls: number;
  readonly refused: number;
  readonly draining: boolean;
  readonly secondsLeft: number | null;
  /** Counted up to 1000, which means 1000 or more. Null: the database is unreachable. */
  readonly notifications: {
    readonly gateway: boolean;
    readonly waiting: number;
    readonly dead: number;
  } | null;
}

export interface HealthOptions {
  host: string;
  port: number;
  check: () => Promise<Health>;
  status: () => Promise<Status>;
  /** Begins the drain; undefined: with the configured time. */
  drain: (seconds: number | undefined) => void;
  /** HASH_KEY, for {@link isAuthorized}. */
  hashKey: string;
}

/**
 * Serves `/health` (200 when everything is up, otherwise 503, with `{"pbx":true,…}` either way, and in `reasons` why a part is not),
 * `/status`, which says too how the event loop has been since this call, and `/drain`.
 *
 * @throws the listen error, for example EADDRINUSE
 */
export async function serveHealth(options: HealthOptions): Promise<Server> {
  const eventLoop = new EventLoopWatch();
  const server = await openBoundedServer(options.host, options.port, (request, response) => {
    void answer(request, response, options, eventLoop).catch(() => response.destroy());
  });
  return server.once('close', () => eventLoop.stop());
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  options: HealthOptions,
  eventLoop: EventLoopWatch,
): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://application');
  if (url === null) return send(response, 400, { message: 'the URL cannot be read' });
  const { pathname, searchParams } = url;
  switch (`${request.method} ${pathname}`) {
    case 'GET /health': {
      const health = await options.check();
      return send(response, health.pbx && health.registry && health.admitting ? 200 : 503, health);
    }
    case 'GET /status':
      return send(response, 200, { ...(await options.status()), eventLoop: eventLoop.status });
    case 'POST /drain': {
      if (!isAuthorized(request.headers.authorization, options.hashKey))
        return send(response, 401, { message: 'not authorized' });
      const seconds = searchParams.get('seconds');
      if (seconds !== null && !/^\d{1,4}$/.test(seconds))
        return send(response, 422, { message: 'seconds: expected a whole number' });
      options.drain(seconds === null ? undefined : Number(seconds));
      return send(response, 202, await options.status());
    }
    default:
      return send(response, 404, { message: 'not found' });
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(`${JSON.stringify(body)}\n`);
}
