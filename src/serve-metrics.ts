/** The metrics of the application, on a port of their own. */
import { readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { hashing } from './accounts/password-hash.ts';
import type { Admission } from './application/admission.ts';
import type { Readiness } from './application/probes.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
import type { DialplanExit } from './call/channel.ts';
import { limitReasons, reasons, refusals } from './hotline/ending.ts';
import type { Logger } from './logger.ts';
import { describeListenFailure } from './machine/listen-failed.ts';
import { openHttpServer } from './machine/http-server.ts';
import { Metrics } from './metrics/metrics.ts';
import type { State } from './metrics/state-metrics.ts';
import type { MysqlOutbox } from './mysql/outbox.ts';
import type { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import type { SmsGatewayOptions } from './notifications/sms-gateway.ts';
import type { CallLedger } from './records/call-ledger.ts';
import { menuEvents } from './registry/menu-counts.ts';
import type { ServeConfig } from './serve-settings.ts';

/** The parts that are asked. */
interface MeasuredParts {
  readonly registry: MysqlRegistry;
  readonly outbox: MysqlOutbox;
  readonly admission: Admission;
  readonly gateway: SmsGatewayOptions | null;
  readonly checkReadiness: () => Promise<Readiness>;
}

/** What is answered at one port. */
export interface OpenPages {
  close(): Promise<unknown>;
}

/** What there is once the node is ours. */
interface Late {
  readonly connection?: AriConnection;
  readonly ledger?: CallLedger;
}

/** Words that metrics name before they first happen. */
const known = {
  outcomes: Object.keys(reasons),
  refusals,
  limits: Object.values(limitReasons),
  menuEvents,
  exits: ['operator', 'unavailable', 'busy'] satisfies DialplanExit[],
};

/**
 * Serves `/metrics`, unless METRICS_PORT is 0. A port that cannot be opened is logged, and calls are taken all the
 * same.
 */
export async function openMetrics(
  config: Pick<ServeConfig, 'METRICS_HOST' | 'METRICS_PORT' | 'JOURNAL_DIRECTORY'>,
  parts: MeasuredParts,
  late: Late,
  logger: Logger,
): Promise<OpenPages> {
  const { METRICS_HOST: host, METRICS_PORT: port } = config;
  if (port === 0) return { close: () => Promise.resolve() };
  const metrics = new Metrics({ state: stateOf(config, parts, late), known, version: readVersion() });
  try {
    return await openHttpServer({ host, port, logger }, metrics.routes);
  } catch (fault) {
    metrics.stop();
    const error = describeListenFailure(fault, { host, port, settings: ['METRICS_HOST', 'METRICS_PORT'] });
    logger.error('nobody can read the metrics; calls are taken all the same', { error });
    return { close: () => Promise.resolve() };
  }
}

function stateOf(
  { JOURNAL_DIRECTORY }: Pick<ServeConfig, 'JOURNAL_DIRECTORY'>,
  { registry, outbox, admission, gateway, checkReadiness }: MeasuredParts,
  late: Late,
): State {
  return {
    calls: () => admission.status,
    recordsWaiting: () => late.ledger?.waiting ?? 0,
    hashesWaiting: () => hashing.pendingCount,
    pongAgeMs: () => late.connection?.pongAgeMs ?? null,
    readiness: checkReadiness,
    outbox: () => outbox.count(),
    hasGateway: gateway !== null,
    unsealedMs: () => registry.readUnsealedAge(),
    journalDisk: async () => {
      const { bavail, blocks, bsize } = await statfs(JOURNAL_DIRECTORY);
      return { freeBytes: bavail * bsize, sizeBytes: blocks * bsize };
    },
  };
}

function readVersion(): string {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
