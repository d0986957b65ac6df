/**
 * What the application answers over HTTP. `GET /health`: whether a caller would be served right now, for
 * Docker, monitors and `make run`. `GET /status`: what the application is doing, in numbers only.
 * `POST /drain`: finish the running calls and stop, for `hotline drain`.
 */
import type { FastifyPluginAsync, onRequestAsyncHookHandler } from 'fastify';
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
  check: () => Promise<Health>;
  status: () => Promise<Status>;
  /** Begins the drain; undefined: with the configured time. */
  drain: (seconds: number | undefined) => void;
  /** HASH_KEY, for {@link isAuthorized}. */
  hashKey: string;
}

/**
 * The routes `/health` (200 when everything is up, otherwise 503, with `{"pbx":true,…}` either way, and in `reasons` why a part is not),
 * `/status`, which says too how the event loop has been since the server was opened, and `/drain`.
 */
export function healthRoutes({ check, status, drain, hashKey }: HealthOptions): FastifyPluginAsync {
  return async (app) => {
    const eventLoop = new EventLoopWatch();
    app.addHook('onClose', async () => eventLoop.stop());
    app.setReplySerializer((answer) => `${JSON.stringify(answer)}\n`);
    app.addHook('onRequest', async (_, reply) => void reply.header('cache-control', 'no-store'));
    ignoreBodies(app);

    app.get('/health', async (_, reply) => {
      const health = await check();
      return reply.code(health.pbx && health.registry && health.admitting ? 200 : 503).send(health);
    });

    app.get('/status', async () => ({ ...(await status()), eventLoop: eventLoop.status }));

    const onRequest: onRequestAsyncHookHandler = async ({ headers }, reply) =>
      isAuthorized(headers.authorization, hashKey)
        ? undefined
        : reply.code(401).send({ message: 'not authorized' });
    app.post<{ Querystring: { seconds?: string } }>('/drain', { onRequest }, async ({ query }, reply) => {
      const { seconds } = query;
      if (seconds !== undefined && !/^\d{1,4}$/.test(seconds))
        return reply.code(422).send({ message: 'seconds: expected a whole number' });
      drain(seconds === undefined ? undefined : Number(seconds));
      return reply.code(202).send(await status());
    });
  };
}

/** These routes read no body, whatever is said to be in it. */
function ignoreBodies(app: Parameters<FastifyPluginAsync>[0]): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, _body, done) => done(null));
}
