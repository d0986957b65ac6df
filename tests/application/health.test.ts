import type { FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { controlToken } from '../../src/application/control-token.ts';
import { healthRoutes } from '../../src/application/health.ts';
import { openHttpServer } from '../../src/machine/http-server.ts';

let server: FastifyInstance;
const faults: string[] = [];
let drains = 0;

beforeAll(async () => {
  const logger = { error: (what: string) => faults.push(what) };
  const routes = healthRoutes({
    hashKey: 'a key of this installation',
    check: () => Promise.resolve({ pbx: true, registry: true, admitting: true }),
    status: () => Promise.reject(new Error('not asked for')),
    drain: () => drains++,
  });
  server = await openHttpServer({ host: '127.0.0.1', port: 0, logger }, routes);
});
afterAll(() => server.close());

/** The first line of the answer. */
async function answerTo(line: string, ...headers: string[]): Promise<string> {
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1');
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
  ['POST /drain?seconds=0&seconds=1', 401],
  ['GET /status', 500],
])('%s is answered %i', async (line, status) => {
  expect(await answerTo(line)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(await answerTo(line, `Authorization: Bearer ${'0'.repeat(64)}`)).toMatch(
    new RegExp(`^HTTP/1.1 ${status} `),
  );
  expect(drains).toBe(0);
});

const authorization = `Bearer ${controlToken('a key of this installation')}`;

test.each(['', '-1', 'soon', '12345', '1&seconds=2'])(
  'seconds=%s is refused with a reason',
  async (seconds) => {
    const answer = await server.inject({
      method: 'POST',
      url: `/drain?seconds=${seconds}`,
      headers: { authorization },
    });
    expect([answer.statusCode, answer.body]).toEqual([
      422,
      '{"message":"seconds: expected a whole number"}\n',
    ]);
    expect(drains).toBe(0);
  },
);

test('what a drain is sent in its body changes nothing, malformed or of any type', async () => {
  for (const type of ['application/json', 'text/plain', 'x']) {
    const headers = { authorization: 'Bearer guess', 'content-type': type };
    const answer = await server.inject({ method: 'POST', url: '/drain', headers, payload: '{"seconds":' });
    expect([answer.statusCode, answer.body]).toEqual([401, '{"message":"not authorized"}\n']);
  }
});

test('a page that meets a fault says nothing of it, and the log does', async () => {
  faults.length = 0;
  const { statusCode, body } = await server.inject('/status');
  expect([statusCode, body, faults]).toEqual([
    500,
    '{"message":"internal error"}\n',
    ['an HTTP request met a fault'],
  ]);
});

test('an answer is JSON of one line that nobody keeps', async () => {
  const { headers, body } = await server.inject('/health');
  expect(headers).toMatchObject({
    'content-type': expect.stringMatching(/^application\/json\b/),
    'cache-control': 'no-store',
  });
  expect(body).toBe('{"pbx":true,"registry":true,"admitting":true}\n');
});
