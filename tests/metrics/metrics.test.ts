import type { FastifyInstance } from 'fastify';
import { openHttpServer } from '../../src/machine/http-server.ts';
import { tell } from '../../src/measured.ts';
import { Metrics } from '../../src/metrics/metrics.ts';
import type { State } from '../../src/metrics/state-metrics.ts';

const away = () => Promise.reject(new Error('away'));
let asked = 0;
let state: State;
let metrics: Metrics;
let server: FastifyInstance;

beforeEach(async () => {
  asked = 0;
  state = {
    calls: () => ({ calls: 3, maxCalls: 200, draining: false }),
    recordsWaiting: () => 4,
    hashesWaiting: () => 5,
    pongAgeMs: () => 1500,
    readiness: async () => ({ ari: null, registry: 'it is read-only' }),
    outbox: async () => (asked++, { waiting: 6, dead: 7, oldestWaitingMs: 8000 }),
    hasGateway: true,
    unsealedMs: async () => 9000,
    journalDisk: async () => ({ freeBytes: 10, sizeBytes: 11 }),
  };
});
afterEach(async () => {
  metrics.stop();
  await server.close();
});

async function open(changes: Partial<State> = {}): Promise<void> {
  const known = {
    outcomes: ['changed', 'limited'],
    refusals: ['all lines are busy'],
    limits: ['too many mismatches from this phone'],
    menuEvents: ['operator'],
    exits: ['operator'],
  };
  metrics = new Metrics({ state: { ...state, ...changes }, known, version: '1.2.3' });
  const logger = { error: () => undefined };
  server = await openHttpServer({ host: '127.0.0.1', port: 0, logger }, metrics.routes);
}

/** The samples of `/metrics` whose name begins so. */
async function samples(name: string): Promise<string[]> {
  const { body } = await server.inject('/metrics');
  return body.split('\n').filter((line) => line.startsWith(name));
}

test('what has not happened yet is 0, so that the first time shows in a rate', async () => {
  await open();
  expect(await samples('hotline_calls_total')).toEqual([
    'hotline_calls_total{kind="call",outcome="changed"} 0',
    'hotline_calls_total{kind="call-back",outcome="changed"} 0',
    'hotline_calls_total{kind="call",outcome="limited"} 0',
    'hotline_calls_total{kind="call-back",outcome="limited"} 0',
  ]);
  expect(await samples('hotline_calls_refused_total')).toEqual([
    'hotline_calls_refused_total{reason="all lines are busy"} 0',
  ]);
  for (const answer of ['match', 'mismatch'])
    expect(await samples('hotline_step_duration_seconds_count')).toContain(
      `hotline_step_duration_seconds_count{step="code",answer="${answer}"} 0`,
    );
});

test('calls, refusals, limits and the menu are counted', async () => {
  await open();
  tell('call', {
    kind: 'call',
    outcome: 'limited',
    reason: 'too many mismatches from this phone',
    ms: 12_000,
  });
  tell('refusal', { reason: 'all lines are busy' });
  tell('menu', { event: 'operator', calls: 3 });
  tell('step', { kind: 'exit', detail: 'operator' });
  const { body } = await server.inject('/metrics');
  for (const sample of [
    'hotline_calls_total{kind="call",outcome="limited"} 1',
    'hotline_limits_met_total{limit="too many mismatches from this phone"} 1',
    'hotline_calls_refused_total{reason="all lines are busy"} 1',
    'hotline_menu_calls_total{event="operator"} 3',
    'hotline_call_exits_total{to="operator"} 1',
    'hotline_call_duration_seconds_bucket{le="15",kind="call"} 1',
    'hotline_call_duration_seconds_bucket{le="5",kind="call"} 0',
  ])
    expect(body).toContain(`${sample}\n`);
});

test('answers of the database have their own times, and what a sentence says is no label', async () => {
  await open();
  tell('step', { kind: 'code', detail: 'match', ms: 20 });
  tell('step', { kind: 'says', detail: 'menu' });
  tell('step', { kind: 'said', ms: 2000 });
  tell('deadAir', { prompt: 'please-wait', ms: 700 });
  const { body } = await server.inject('/metrics');
  expect(body).toContain('hotline_step_duration_seconds_bucket{le="0.025",step="code",answer="match"} 1\n');
  expect(body).toContain('hotline_step_duration_seconds_sum{step="said",answer=""} 2\n');
  expect(body).not.toContain('menu"');
  expect(body).toContain('hotline_dead_air_seconds_bucket{le="0.75",prompt="please-wait"} 1\n');
});

test('parts are counted: requests to Asterisk, lost connections, deadlines of the database, hashes', async () => {
  await open();
  tell('ariRequest', { operation: 'GET /channels/:id', hasFailed: true, ms: 2 });
  tell('ariLost', {});
  tell('databaseWait', { pool: 'registry', lane: 'call', ms: 1 });
  tell('databaseWork', { pool: 'registry', lane: 'call', result: 'deadline', ms: 2000 });
  tell('databaseWork', { pool: 'registry', lane: 'call', result: 'failed', ms: 2 });
  tell('hash', { waitedMs: 40, ms: 20 });
  const { body } = await server.inject('/metrics');
  for (const sample of [
    'hotline_ari_request_failures_total{operation="GET /channels/:id"} 1',
    'hotline_ari_request_duration_seconds_count{operation="GET /channels/:id"} 1',
    'hotline_ari_connections_lost_total 1',
    'hotline_database_wait_seconds_count{pool="registry",lane="call"} 1',
    'hotline_database_deadlines_total{pool="registry",lane="call",why="deadline"} 1',
    'hotline_database_failures_total{pool="registry",lane="call"} 1',
    'hotline_hash_wait_seconds_sum 0.04',
    'hotline_hash_duration_seconds_sum 0.02',
  ])
    expect(body).toContain(`${sample}\n`);
});

test('what holds now is read at the scrape', async () => {
  await open();
  const { body, headers } = await server.inject('/metrics');
  for (const sample of [
    'hotline_calls 3',
    'hotline_calls_max 200',
    'hotline_draining 0',
    'hotline_records_waiting 4',
    'hotline_hashes_waiting 5',
    'hotline_ari_connected 1',
    'hotline_ari_pong_age_seconds 1.5',
    'hotline_part_ready{part="ari"} 1',
    'hotline_part_ready{part="registry"} 0',
    'hotline_outbox_gateway_set 1',
    'hotline_outbox_messages{state="waiting"} 6',
    'hotline_outbox_messages{state="dead"} 7',
    'hotline_outbox_oldest_waiting_seconds 8',
    'hotline_audit_unsealed_seconds 9',
    'hotline_journal_disk_free_bytes 10',
    'hotline_journal_disk_size_bytes 11',
    `hotline_build_info{version="1.2.3",node_version="${process.versions.node}"} 1`,
  ])
    expect(body).toContain(`${sample}\n`);
  expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
});

test('what cannot be read has no value, rather than an old one or 0', async () => {
  await open({ outbox: away, unsealedMs: away, journalDisk: away, pongAgeMs: () => null });
  expect(await samples('hotline_outbox_messages')).toEqual([]);
  expect(await samples('hotline_outbox_oldest')).toEqual([]);
  expect(await samples('hotline_audit_unsealed')).toEqual([]);
  expect(await samples('hotline_journal_disk')).toEqual([]);
  expect(await samples('hotline_ari')).toContain('hotline_ari_connected 0');
  expect(await samples('hotline_ari_pong')).toEqual([]);
});

test('however often it is scraped, the database is asked once', async () => {
  await open();
  await Promise.all(Array.from({ length: 20 }, () => server.inject('/metrics')));
  expect(asked).toBe(1);
});

test('names, units and helps are those of Prometheus', async () => {
  await open();
  const { body } = await server.inject('/metrics');
  const types = [...body.matchAll(/^# TYPE (hotline_\S+) (\S+)$/gm)].map(([, name, type]) => [name!, type!]);
  expect(types.length).toBeGreaterThan(30);
  for (const [name, type] of types) {
    expect(name).toMatch(type === 'counter' ? /^[a-z_]+_total$/ : /^[a-z_]+(?<!_total)$/);
    expect(name).not.toMatch(/_ms|milli/);
    expect(body).toMatch(new RegExp(`^# HELP ${name} \\S.*\\.$`, 'm'));
  }
});

test('a metric that has been stopped counts no more', async () => {
  await open();
  metrics.stop();
  tell('ariLost', {});
  expect(await samples('hotline_ari_connections_lost_total')).toEqual([
    'hotline_ari_connections_lost_total 0',
  ]);
});
