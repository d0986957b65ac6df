/**
 * The probes of a supervisor. `GET /livez`: the event loop turns. `GET /readyz`: a caller would be served, part by
 * part. `/health` (health.ts) asks less of Asterisk, and nothing of the sounds.
 */
import type { FastifyPluginAsync } from 'fastify';

/** What a caller needs. */
export const parts = ['ari', 'registry', 'schema', 'sounds', 'admitting'] as const;
export type Part = (typeof parts)[number];

/** Why each part would not serve a caller; null: it would. */
export type Readiness = Readonly<Record<Part, string | null>>;

/** Asks every part at once; one that cannot be asked is not ready, for that reason. */
export async function checkReadiness(
  ask: Readonly<Record<Part, () => Promise<string | null> | string | null>>,
): Promise<Readiness> {
  const answers = parts.map(async (part) => {
    try {
      return [part, await ask[part]()] as const;
    } catch (error) {
      return [part, (error as Error).message] as const;
    }
  });
  return Object.fromEntries(await Promise.all(answers)) as Readiness;
}

export function isReady(readiness: Readiness): boolean {
  return parts.every((part) => readiness[part] === null);
}

/**
 * `/livez` answers 200 at once and asks nobody. `/readyz` answers 200, or 503 when a part is not ready, with
 * `{"ready":false,"parts":{"ari":{"ready":false,"why":"…"},"registry":{"ready":true},…}}`.
 */
export function probeRoutes(check: () => Promise<Readiness>): FastifyPluginAsync {
  return async (app) => {
    app.addHook('onRequest', async (_, reply) => void reply.header('cache-control', 'no-store'));
    app.setReplySerializer((answer) => `${JSON.stringify(answer)}\n`);

    app.get('/livez', () => Promise.resolve({ alive: true }));

    app.get('/readyz', async (_, reply) => {
      const readiness = await check();
      const ready = isReady(readiness);
      const told = parts.map((part) => {
        const why = readiness[part];
        return [part, why === null ? { ready: true } : { ready: false, why }];
      });
      return reply.code(ready ? 200 : 503).send({ ready, parts: Object.fromEntries(told) as object });
    });
  };
}
