/** The dashboard: made from the code, in PromQL, of metrics that there are. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Metrics } from '../../src/metrics/metrics.ts';
import { openHttpServer } from '../../src/machine/http-server.ts';
import { dashboardText } from '../../tools/grafana/dashboard.ts';
import { rows } from '../../tools/grafana/panels.ts';
import { expressions, itsOwn, metricsIn, namesIn } from './expressions.ts';
import { recorded } from './rules.ts';

const file = join(import.meta.dirname, '../../deploy/grafana/hotline.json');

test('deploy/grafana/hotline.json is made from tools/grafana/ (if not: make docs)', async () => {
  expect(readFileSync(file, 'utf8')).toBe(await dashboardText());
});

test('it has every panel, each with a title of its own and a word on how to read it', () => {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as { panels: { title: string; type: string }[] };
  const titles = rows.flatMap((row) => row.panels.map(({ title }) => title));
  expect(panels.filter(({ type }) => type !== 'row').map(({ title }) => title)).toEqual(titles);
  expect(new Set(titles).size).toBe(titles.length);
  for (const { description } of rows.flatMap((row) => row.panels)) expect(description).toMatch(/\.$/);
});

describe('every expression of dashboard and rules', () => {
  let known: ReadonlySet<string>;

  beforeAll(async () => {
    const nothing = async () => ({ waiting: 0, dead: 0, oldestWaitingMs: 0, freeBytes: 0, sizeBytes: 0 });
    const metrics = new Metrics({
      version: '0',
      known: { outcomes: [], refusals: [], limits: [], menuEvents: [], exits: [] },
      state: {
        calls: () => ({ calls: 0, maxCalls: 0, draining: false }),
        recordsWaiting: () => 0,
        hashesWaiting: () => 0,
        pongAgeMs: () => 0,
        readiness: async () => ({}),
        outbox: nothing,
        hasGateway: false,
        unsealedMs: async () => 0,
        journalDisk: nothing,
      },
    });
    const logger = { error: () => undefined };
    const server = await openHttpServer({ host: '127.0.0.1', port: 0, logger }, metrics.routes);
    known = namesIn((await server.inject('/metrics')).body);
    metrics.stop();
    await server.close();
  });

  test.each(expressions)('%s: is PromQL, of metrics that there are', (_, expression) => {
    const names = metricsIn(expression);
    expect(names.length).toBeGreaterThan(0);
    expect(names.filter((name) => ![...known, ...recorded, ...itsOwn].includes(name))).toEqual([]);
  });

  test('what is no PromQL, and a metric that is not there, would be found', () => {
    expect(() => metricsIn('sum(hotline_calls')).toThrow('no PromQL');
    expect(metricsIn('rate(hotline_nothing_total[5m])').filter((name) => !known.has(name))).toEqual([
      'hotline_nothing_total',
    ]);
  });
});
