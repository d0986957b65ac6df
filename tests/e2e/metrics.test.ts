/** Probes and metrics of the running hotline, after real calls. */
import { controlToken } from '../../src/application/control-token.ts';
import { CallsWithSecrets } from '../support/machine/calls-with-secrets.ts';
import { closeRegistryDatabase } from '../support/machine/citizens.ts';
import { hotlineEnvironment, whenHealthy } from '../support/machine/hotline-under-test.ts';
import { kindsIn } from '../support/machine/leak-search.ts';
import { auditOf } from '../support/machine/phone-call.ts';
import { Scrape } from '../support/machine/scrape.ts';
import { until } from '../support/until.ts';
import { expressions, itsOwn, metricsIn, namesIn } from '../deploy/expressions.ts';
import { recorded } from '../deploy/rules.ts';

let calls: CallsWithSecrets;

beforeAll(async () => {
  await whenHealthy();
  calls = await CallsWithSecrets.open();
});
afterAll(async () => {
  calls.close();
  await whenHealthy();
  await closeRegistryDatabase();
});

const page = (path: string) => fetch(`http://127.0.0.1:8080${path}`);

/** By how much a sample has grown. */
const growth = (before: Scrape, after: Scrape, sample: string) => after.value(sample) - before.value(sample);
const ended = (outcome: string) => `hotline_calls_total{kind="call",outcome="${outcome}"}`;
const answered = (step: string, answer: string) =>
  `hotline_step_duration_seconds_count{step="${step}",answer="${answer}"}`;

test('a hotline that serves callers is alive and ready, and its parts say so in the metrics', async () => {
  expect((await page('/livez')).status).toBe(200);
  const answer = await page('/readyz');
  const ready = { ready: true };
  expect([answer.status, await answer.json()]).toEqual([
    200,
    { ready: true, parts: { ari: ready, registry: ready, schema: ready, sounds: ready, admitting: ready } },
  ]);
  const { text } = await Scrape.take();
  for (const part of ['ari', 'registry', 'schema', 'sounds', 'admitting'])
    expect(text).toContain(`hotline_part_ready{part="${part}"} 1\n`);
  expect(text).toContain('hotline_ari_connected 1\n');
});

test('every metric that the dashboard and the alert rules name is there', async () => {
  const known = namesIn((await Scrape.take()).text);
  const named = new Set(expressions.flatMap(([, expression]) => metricsIn(expression)));
  expect([...named].filter((name) => ![...known, ...recorded, ...itsOwn].includes(name))).toEqual([]);
});

test('a matched call counts as changed, with its answers, its silence after the code and its hash', async () => {
  const before = await Scrape.take();
  const citizen = await calls.citizen();
  const call = await calls.entered(citizen);
  await call.hears('hotline/password-intro');
  await until(async () => (await Scrape.take()).value('hotline_calls') === 1);
  await call.heardToEnd('hotline/goodbye');
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'changed' }]);
  // The row of a change is there before the call has ended.
  await until(async () => growth(before, await Scrape.take(), ended('changed')) === 1);
  const after = await Scrape.take();
  for (const sample of [
    answered('opening', 'admitted'),
    answered('code', 'match'),
    answered('reset', 'activated'),
    'hotline_call_duration_seconds_count{kind="call"}',
    'hotline_dead_air_seconds_count{prompt="please-wait"}',
    'hotline_hash_duration_seconds_count',
  ])
    expect([sample, growth(before, after, sample)]).toEqual([sample, 1]);
  const plays = 'hotline_ari_request_duration_seconds_count{operation="POST /channels/:id/play/:id"}';
  expect(growth(before, after, plays)).toBeGreaterThanOrEqual(4);
  // A caller takes longer silence for a dead line.
  const soon = 'hotline_dead_air_seconds_bucket{le="3",prompt="please-wait"}';
  expect(growth(before, after, soon)).toBe(1);
  await until(async () => (await Scrape.take()).value('hotline_calls') === 0);
});

test('a code that does not match, and a caller who gives up, count as such', async () => {
  const before = await Scrape.take();
  const citizen = await calls.citizen();
  const call = await calls.entered(citizen, {}, '7000000019');
  await call.hears('hotline/mismatch');
  await call.hangUp();
  expect(await auditOf(citizen.phone)).toMatchObject([{ outcome: 'hung-up' }]);
  const after = await Scrape.take();
  for (const sample of [ended('hung-up'), answered('code', 'mismatch')])
    expect([sample, growth(before, after, sample)]).toEqual([sample, 1]);
  expect(growth(before, after, ended('changed'))).toBe(0);
});

test('a caller who is sent back during a drain counts as refused, /readyz says why, and no sample is about anybody', async () => {
  const running = await calls.entered(await calls.citizen());
  await running.hears('hotline/password-intro');
  const before = await Scrape.take();
  const authorization = `Bearer ${controlToken(hotlineEnvironment()['HASH_KEY']!)}`;
  const drain = { method: 'POST', headers: { authorization } };
  expect((await fetch('http://127.0.0.1:8080/drain?seconds=120', drain)).status).toBe(202);
  const late = await calls.call(await calls.citizen());
  await late.hears('hotline/menu');
  await late.keys('8');
  await late.hears('hotline/unavailable');
  const after = await Scrape.take();
  const refused = 'hotline_calls_refused_total{reason="the application is being stopped"}';
  expect(growth(before, after, refused)).toBe(1);
  expect(after.value('hotline_draining')).toBe(1);
  const readiness = await page('/readyz');
  expect(readiness.status).toBe(503);
  expect(await readiness.json()).toMatchObject({
    ready: false,
    parts: { ari: { ready: true }, admitting: { ready: false, why: 'the application is being stopped' } },
  });
  expect((await page('/livez')).status).toBe(200);
  expect(kindsIn(after.words, calls.secrets)).toEqual([]);
  expect(after.words).not.toMatch(/\+84|\*\*\*/);
  expect(after.text.split('\n').length).toBeLessThan(1500);
  await running.heardToEnd('hotline/goodbye');
  await late.hangUp();
});
