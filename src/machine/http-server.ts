/** An HTTP server for small requests: whatever a client sends, or does not, costs little and ends soon. */
import { fastify, type FastifyError, type FastifyInstance, type FastifyPluginAsync } from 'fastify';

/** Request line and all headers, bytes. Longer ones are answered 431. */
const maxHeaderSize = 8192;
/** A body, bytes; a route may set a `bodyLimit` of its own. Longer ones are answered 413. */
const bodyLimit = 10_000;
/** From the connection to the end of the headers, and of the body, ms. Then 408, and the connection is closed. */
const headersTimeout = 3000;
const bodyTimeout = 5000;
/** The same, the longest that a route may set, ms. */
const requestTimeout = 60_000;
/** Without a byte in either direction, ms. Then the connection is closed: a client that reads no answer is let go. */
const connectionTimeout = 60_000;
/** Between an answer and the end of its connection, if the client does not end it, ms. */
const keepAliveTimeout = 1000;
/** Connections at once; further ones are closed at once. */
const maxConnections = 100;

declare module 'fastify' {
  interface FastifyContextConfig {
    /** How long a body may take to come, ms; default: 5 s. At most a minute. */
    bodyTimeout?: number;
  }
}

export interface HttpServerOptions {
  readonly host: string;
  readonly port: number;
  /** Addresses and networks of proxies whose X-Forwarded headers say who asks. Default: nobody's. */
  readonly trustedProxies?: readonly string[];
  /** Hears of faults of the program, each of which the client sees as a 500 without a reason. */
  readonly logger: { error(message: string, details: object): unknown };
}

/**
 * Serves the routes of these plugins. What no route answers is a 404, and what a route throws is answered with
 * its `statusCode`, both as `{"message":…}`. `close()` ends every connection at once, one that is kept
 * open for events too.
 *
 * @throws the listen error, for example EADDRINUSE
 */
export async function openHttpServer(
  { host, port, trustedProxies, logger }: HttpServerOptions,
  ...plugins: readonly FastifyPluginAsync[]
): Promise<FastifyInstance> {
  const app = fastify({
    logger: false,
    trustProxy: trustedProxies === undefined ? false : [...trustedProxies],
    bodyLimit,
    requestTimeout,
    connectionTimeout,
    keepAliveTimeout,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    maxRequestsPerSocket: 1, // or a client could send its next request into a connection that is being closed
    http: { maxHeaderSize, headersTimeout, requestTimeout, connectionsCheckingInterval: 500 },
  });
  app.server.maxConnections = maxConnections;
  app.addHook('onRequest', async ({ raw, routeOptions }, reply) => {
    const late = () => {
      if (raw.complete || raw.destroyed || reply.sent) return;
      const error = Object.assign(new Error('the body did not come in time'), {
        code: 'ERR_HTTP_REQUEST_TIMEOUT',
      });
      app.server.emit('clientError', error, raw.socket); // as Node does after its own time-out
    };
    setTimeout(late, routeOptions.config.bodyTimeout ?? bodyTimeout).unref();
  });
  app.setNotFoundHandler(async (request, reply) =>
    URL.canParse(request.url, 'http://application')
      ? reply.code(404).send({ message: 'not found' })
      : reply.code(400).send({ message: 'the URL cannot be read' }),
  );
  app.setErrorHandler(async (error: FastifyError, request, reply) => {
    const { statusCode = 500, message } = error;
    if (statusCode < 500) return reply.code(statusCode).send({ message });
    logger.error('an HTTP request met a fault', { route: request.routeOptions.url, error });
    return reply.code(500).send({ message: 'internal error' });
  });
  try {
    for (const plugin of plugins) await app.register(plugin);
    await app.listen({ host, port });
  } catch (error) {
    await app.close();
    throw error;
  }
  return app;
}
