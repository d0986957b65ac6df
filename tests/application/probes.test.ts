import type { FastifyInstance } from 'fastify';
import { checkReadiness, parts, probeRoutes, type Part } from '../../src/application/probes.ts';
import { openHttpServer } from '../../src/machine/http-server.ts';

let server: FastifyInstance;
let ask: Record<Part, () => Promise<string | null> | string | null>;
let asked = 0;

beforeEach(async () => {
  asked = 0;
  ask = { ari: () => null, registry: async () => null, schema: () => null, sounds: async () => null, admitting: () => null }; // prettier-ignore
  const check = () => {
    asked++;
    return checkReadiness(ask);
  };
  const logger = { error: () => undefined };
  server = await openHttpServer({ host: '127.0.0.1', port: 0, logger }, probeRoutes(check));
});
afterEach(() => server.close());

const ready = { ready: true };

test('/readyz answers 200 when every part would serve a caller', async () => {
  const { statusCode, body } = await server.inject('/readyz');
  expect([statusCode, JSON.parse(body)]).toEqual([
    200,
    { ready: true, parts: Object.fromEntries(parts.map((part) => [part, ready])) },
  ]);
});

test.each(parts)('/readyz answers 503 and says why, when %s alone is not ready', async (part) => {
  ask[part] = () => 'it is away';
  const { statusCode, body, headers } = await server.inject('/readyz');
  expect([statusCode, JSON.parse(body)]).toEqual([
    503,
    {
      ready: false,
      parts: { ...Object.fromEntries(parts.map((each) => [each, ready])), [part]: { ready: false, why: 'it is away' } }, // prettier-ignore
    },
  ]);
  expect(headers['cache-control']).toBe('no-store');
});

test('a part that cannot be asked is not ready, and its error is the reason', async () => {
  ask.sounds = () => Promise.reject(new Error('no response within 2500 ms'));
  const { statusCode, body } = await server.inject('/readyz');
  expect(statusCode).toBe(503);
  expect(body).toContain('"sounds":{"ready":false,"why":"no response within 2500 ms"}');
});

test('/livez asks nobody', async () => {
  ask.registry = () => Promise.reject(new Error('must not be asked'));
  const { statusCode, body } = await server.inject('/livez');
  expect([statusCode, body, asked]).toEqual([200, '{"alive":true}\n', 0]);
});
