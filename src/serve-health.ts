/** What the application answers over HTTP about its parts. */
import type { Admission } from './application/admission.ts';
import { serveHealth } from './application/health.ts';
import { countNotifications } from './application/notifications.ts';
import type { AriConnection } from './asterisk/ari/ari-connection.ts';
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
}

/** @throws the listen error, for example EADDRINUSE */
export function openHealth(
  config: Pick<ServeConfig, 'HTTP_HOST' | 'HTTP_PORT' | 'HASH_KEY'>,
  { instanceId, registry, outbox, admission, gateway }: AskedParts,
  pbx: { readonly connection?: AriConnection },
  drain: (seconds?: number) => void,
): ReturnType<typeof serveHealth> {
  return serveHealth({
    host: config.HTTP_HOST,
    port: config.HTTP_PORT,
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
}
