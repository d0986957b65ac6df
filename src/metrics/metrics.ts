/** The metrics of one process, as Prometheus reads them (docs/operating.md, "Metrics"). */
import { collectDefaultMetrics, Gauge, Registry } from '@prometheus-io/client';
import type { FastifyPluginAsync } from 'fastify';
import { countCalls, type KnownWords } from './call-metrics.ts';
import { countParts } from './part-metrics.ts';
import { watchState, type State } from './state-metrics.ts';

export interface MetricsOptions {
  readonly state: State;
  readonly known: KnownWords;
  /** Of this program. */
  readonly version: string;
}

/**
 * Between two looks of Node at its event loop, ms, and so the least lag that it reports. Each wakes the process: by
 * the default of 10 ms, that alone takes 0.8 % of a processor.
 */
const eventLoopMonitoringPrecision = 40;

export class Metrics {
  readonly #registry = new Registry();
  readonly #stops: (() => void)[];
  readonly #update: () => Promise<void>;

  /** Counts from now on, until {@link stop}. */
  constructor({ state, known, version }: MetricsOptions) {
    const registers: [Registry] = [this.#registry];
    this.#stops = [...countCalls(registers, known), ...countParts(registers)];
    this.#update = watchState(registers, state);
    new Gauge({
      name: 'hotline_build_info',
      help: 'Always 1; which version this is.',
      labelNames: ['version', 'node_version'],
      registers,
    }).set({ version, node_version: process.versions.node }, 1);
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision });
  }

  /** The route `/metrics`. */
  get routes(): FastifyPluginAsync {
    return async (app) => {
      app.get('/metrics', async (_, reply) => {
        await this.#update();
        return reply
          .header('content-type', this.#registry.contentType)
          .header('cache-control', 'no-store')
          .send(await this.#registry.metrics());
      });
    };
  }

  stop(): void {
    for (const stop of this.#stops) stop();
  }
}
