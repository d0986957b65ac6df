/** GET /health: whether a caller would be served right now. For Docker, monitors and `make run`. */
import { createServer, type Server } from 'node:http';

/** What a caller needs, each up or not. */
export type Health = Readonly<Record<'pbx' | 'registry', boolean>>;

/**
 * Serves `GET /health`: 200 when everything is up, 503 when not, with `{"pbx":true,…}` either way.
 *
 * @throws the listen error, for example EADDRINUSE
 */
export async function serveHealth(options: { host: string; port: number; check: () => Promise<Health> }): Promise<Server> {
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url !== '/health') {
      response.writeHead(404).end();
      return;
    }
    void options.check().then((health) => {
      const status = Object.values(health).every(Boolean) ? 200 : 503;
      response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(`${JSON.stringify(health)}\n`);
    });
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(options.port, options.host, resolve));
  return server;
}
