/** What clients do to an HTTP server, tried on one that counts what it serves. */
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { openBoundedServer } from '../../src/machine/bounded-server.ts';
import { until } from '../support/until.ts';

let server: Server;
let served = 0;
const sockets: Socket[] = [];

beforeAll(async () => {
  server = await openBoundedServer('127.0.0.1', 0, (request, response) => {
    served++;
    request.resume().once('end', () => response.end('served'));
  });
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close().closeAllConnections();
});

async function open(): Promise<Socket> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
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
  ['sends nothing', ''],
  ['never ends its headers', 'GET / HTTP/1.1\r\nHost: x\r\nX-A: '],
  ['never ends its body', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\na'],
  ['never ends its chunks', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n'],
])('a client that %s is let go', async (_, sent) => {
  expect(await answerTo(sent)).toEqual(hasStatus(408));
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
  ['no HTTP', 400, '\x16\x03\x01\0\0\r\n\r\n'],
  ['a NUL in a header', 400, 'GET / HTTP/1.1\r\nHost: x\r\nX-A: \0\r\n\r\n'],
])('%s is refused with %i', async (_, status, sent) => {
  expect(await answerTo(sent)).toEqual(hasStatus(status));
});

test('clients beyond a hundred are turned away, until others have gone', async () => {
  await until(() => new Promise((resolve) => server.getConnections((_, count) => resolve(count === 0))));
  const idle = await Promise.all(Array.from({ length: 100 }, open));
  const before = served;
  const request = 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
  expect(await answerTo(request)).toBe('');
  expect(served).toBe(before);
  idle[0]!.destroy();
  await until(async () => (await answerTo(request)).endsWith('served'));
});
