import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { serveHealth } from '../../src/application/health.ts';

let server: Server;
let drains = 0;

beforeAll(async () => {
  server = await serveHealth({
    host: '127.0.0.1',
    port: 0,
    hashKey: 'a key of this installation',
    check: () => Promise.resolve({ pbx: true, registry: true, admitting: true }),
    status: () => Promise.reject(new Error('not asked for')),
    drain: () => drains++,
  });
});
afterAll(() => server.close());

async function answerTo(line: string, ...headers: string[]): Promise<string> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write([`${line} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers, '', ''].join('\r\n'));
  return (await text(socket)).split('\r\n')[0]!;
}

test.each([
  ['GET /health?x=%zz#', 200],
  ['GET http://elsewhere/health', 200],
  ['GET //', 400],
  ['GET http://[', 400],
  ['GET /%00', 404],
  ['GET /health/../../etc/passwd', 404],
  ['HEAD /health', 404],
  ['OPTIONS *', 404],
  ['POST /drain', 401],
  ['POST /drain?seconds=0', 401],
])('%s is answered %i', async (line, status) => {
  expect(await answerTo(line)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(await answerTo(line, `Authorization: Bearer ${'0'.repeat(64)}`)).toMatch(
    new RegExp(`^HTTP/1.1 ${status} `),
  );
  expect(drains).toBe(0);
});
