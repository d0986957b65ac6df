/** An HTTP server for small requests: whatever a client sends, or does not, costs little and ends soon. */
import { createServer, type RequestListener, type Server } from 'node:http';

/** Request line and all headers, bytes. Longer ones are answered 431. */
const maxHeaderSize = 8192;
/** From the connection to the end of the headers, and of the body, ms. Then 408, and the connection is closed. */
const headersTimeout = 3000;
const requestTimeout = 5000;
/** Connections at once; further ones are closed at once. */
const maxConnections = 100;

/**
 * Listens.
 *
 * @throws the listen error, for example EADDRINUSE
 */
export async function openBoundedServer(
  host: string,
  port: number,
  listener: RequestListener,
): Promise<Server> {
  const timeouts = { headersTimeout, requestTimeout, connectionsCheckingInterval: 500 };
  const server = createServer({ maxHeaderSize, ...timeouts }, listener);
  server.maxConnections = maxConnections;
  server.maxRequestsPerSocket = 1; // or a client could send its next request into a connection that is being closed
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve));
  return server;
}
