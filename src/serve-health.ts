/** What the application answers over HTTP about its parts. */
import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { Admission } from './application/admission.ts';
import { healthRoutes } from './application/health.ts';
import { countNotifications } from './application/notifications.ts';
import { probeRoutes, type Readiness } from './application/probes.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
import type { Logger } from './logger.ts';
import { openHttpServer } from './machine/http-server.ts';
import { describeListenFailure, hostAndPort, ListenFailed } from './machine/listen-failed.ts';
import { portHolder } from './machine/port-holder.ts';
import type { MysqlOutbox } from './mysql/outbox.ts';
import type { MysqlRegistry } from './mysql/registry/mysql-registry.ts';
import type { SmsGatewayOptions } from './notifications/sms-gateway.ts';
import type { ServeConfig } from './serve-settings.ts';

/** The parts that are asked. */
interface AskedParts {
  readonly instanceId: string;
  readonly registry: MysqlRegistry;
  readonly outbox: MysqlOutbox;
  readonly admission: Admission;
  readonly gateway: SmsGatewayOptions | null;
  readonly logger: Logger;
  readonly checkReadiness: () => Promise<Readiness>;
}

/**
 * Answers over HTTP. @param plugins what it answers beside its health
 *
 * @throws ListenFailed
 */
export async function openHealth(
  config: Pick<ServeConfig, 'HTTP_HOST' | 'HTTP_PORT' | 'HTTP_TRUSTED_PROXIES' | 'HASH_KEY'>,
  { instanceId, registry, outbox, admission, gateway, logger, checkReadiness }: AskedParts,
  pbx: { readonly connection?: AriConnection },
  drain: (seconds?: number) => void,
  plugins: readonly FastifyPluginAsync[] = [],
): Promise<FastifyInstance> {
  const { HTTP_HOST: host, HTTP_PORT: port, HTTP_TRUSTED_PROXIES: trustedProxies } = config;
  const health = healthRoutes({
    hashKey: config.HASH_KEY,
    check: async () => {
      const why = await registry.whyNotReady();
      return {
        pbx: pbx.connection?.state === 'connected',
        registry: why === null,
        admitting: !admission.status.draining,
        ...(why !== null && { reasons: { registry: why } }),
      };
    },
    status: async () => ({
      instanceId,
      ...admission.status,
      notifications: await countNotifications(outbox, gateway),
    }),
    drain,
  });
  const probes = probeRoutes(checkReadiness);
  return openHttpServer({ host, port, trustedProxies, logger }, health, probes, ...plugins).catch(
    async (error: unknown) => {
      throw (await isHotline(host, port))
        ? new ListenFailed(
            `${hostAndPort({ host, port })} (HTTP_HOST, HTTP_PORT) is in use by ${portHolder('tcp', port) ?? 'another program'}, which is another hotline serve: stop that one first, or give each a port of its own`,
          )
        : describeListenFailure(error, { host, port, settings: ['HTTP_HOST', 'HTTP_PORT'] });
    },
  );
}

/** Whether another application answers there. */
function isHotline(host: string, port: number): Promise<boolean> {
  return fetch(`http://${hostAndPort({ host, port })}/status`, { signal: AbortSignal.timeout(1000) })
    .then((answer) => answer.json())
    .then((status) => 'instanceId' in (status as object))
    .catch(() => false);
}
