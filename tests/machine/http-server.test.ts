/** What clients do to an HTTP server, tried on one that counts what it serves. */
import { once } from 'node:events';
import { jest } from '@jest/globals';
import type { FastifyInstance } from 'fastify';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { openHttpServer } from '../../src/machine/http-server.ts';
import { until } from '../support/until.ts';

let server: FastifyInstance;
let served = 0;
const sockets: Socket[] = [];
const faults: string[] = [];

beforeAll(async () => {
  const logger = { error: (what: string) => faults.push(what) };
  server = await openHttpServer({ host: '127.0.0.1', port: 0, logger }, async (app) => {
    app.addContentTypeParser('*', { parseAs: 'string' }, (_, body, done) => done(null, body));
    app.all('/', async () => {
      served++;
      return 'served';
    });
    app.get('/events', (_, reply) => {
      reply.hijack();
      reply.raw.writeHead(200).write('begun');
    });
    app.get('/brief', { config: { bodyTimeout: 1 } }, async () => 'served');
    app.get('/fault', () => Promise.reject(new Error('a secret of the program')));
  });
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  return server.close();
});

async function open(): Promise<Socket> {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
  socket.on('error', () => undefined);
  sockets.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** What comes back until the server closes the connection; nothing if it does so at once. */
async function answerTo(sent: string): Promise<string> {
  const socket = await open();
  socket.write(sent);
  return text(socket).catch(() => '');
}

const hasStatus = (status: number): unknown => expect.stringMatching(new RegExp(`^HTTP/1.1 ${status} `));

test.concurrent.each([
  ['sends nothing', 408, ''],
  ['keeps its connection after the answer', 200, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'],
  ['never ends its headers', 408, 'GET / HTTP/1.1\r\nHost: x\r\nX-A: '],
  ['never ends its body', 408, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na'],
  [
    'never ends its chunks',
    408,
    'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n',
  ],
])('a client that %s is let go', async (_, status, sent) => {
  expect(await answerTo(sent)).toEqual(hasStatus(status));
});

test.concurrent.each([
  ['a long URL', 431, `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n`],
  ['a long header', 431, `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(9000)}\r\n\r\n`],
  ['many headers', 431, `GET / HTTP/1.1\r\nHost: x\r\n${'A: b\r\n'.repeat(2000)}\r\n`],
  ['two lengths', 400, 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na'],
  [
    'length and chunks',
    400,
    'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  ['a body said to be long', 413, `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10001\r\n\r\na`],
  [
    'a long body',
    413,
    `POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n2711\r\n${'a'.repeat(10_001)}\r\n0\r\n\r\n`,
  ],
  ['no HTTP', 400, '\x16\x03\x01\0\0\r\n\r\n'],
  ['a NUL in a header', 400, 'GET / HTTP/1.1\r\nHost: x\r\nX-A: \0\r\n\r\n'],
])('%s is refused with %i', async (_, status, sent) => {
  expect(await answerTo(sent)).toEqual(hasStatus(status));
});

test('clients beyond a hundred are turned away, until others have gone', async () => {
  await until(
    () => new Promise((resolve) => server.server.getConnections((_, count) => resolve(count === 0))),
  );
  const idle = await Promise.all(Array.from({ length: 100 }, open));
  const before = served;
  const request = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  expect(await answerTo(request)).toBe('');
  expect(served).toBe(before);
  idle[0]!.destroy();
  await until(async () => (await answerTo(request)).endsWith('served'));
});

test('a request that has its answer is left alone, also one without a connection', async () => {
  const errors = jest.fn();
  server.server.prependListener('clientError', errors);
  expect((await server.inject('/brief')).body).toBe('served');
  await new Promise((resolve) => setTimeout(resolve, 1)); // begun later than the time-out, so it ends later
  server.server.off('clientError', errors);
  expect(errors).not.toHaveBeenCalled();
});

test('a fault of the program is logged, and the client hears nothing of it', async () => {
  const answer = await answerTo('GET /fault HTTP/1.1\r\nConnection: close\r\nHost: x\r\n\r\n');
  expect(answer).toEqual(hasStatus(500));
  expect(answer).not.toContain('secret');
  expect(faults).toEqual(['an HTTP request met a fault']);
});

test('closing ends what is under way at once: a page that never ends and a client that says nothing', async () => {
  const events = await open();
  events.write('GET /events HTTP/1.1\r\nHost: x\r\n\r\n');
  await once(events, 'data');
  const closed = [events, await open()].map((socket) => once(socket, 'close'));
  await server.close();
  await Promise.all(closed);
  expect(server.server.listening).toBe(false);
});
