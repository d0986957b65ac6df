/** `npx hotline drain [--within seconds]` */
import { setTimeout as delay } from 'node:timers/promises';
import { controlToken } from '../application/control-token.ts';
import type { Status } from '../application/health.ts';

export interface DrainOptions {
  host: string;
  port: number;
  hashKey: string;
  /** How long running calls may go on; absent: as configured (DRAIN_SECONDS). */
  within?: number;
}

/** The application could not be asked to stop. */
export class DrainFailed extends Error {
  override readonly name = 'DrainFailed';
}

const askAgainMs = 500;

/**
 * Asks the running application to take no more calls and to end with the last one; says what is
 * left, and returns when it has ended. What started it may start it again.
 *
 * @throws DrainFailed: exit code 1
 */
export async function drainCommand({ host, port, hashKey, within }: DrainOptions): Promise<void> {
  const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  const query = within === undefined ? '' : `?seconds=${within}`;
  const asked = await fetch(`${origin}/drain${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken(hashKey)}` },
  }).catch(() => undefined);
  if (asked === undefined)
    throw new DrainFailed(`no application answers at ${origin}: check HTTP_HOST and HTTP_PORT`);
  if (asked.status === 401) throw new DrainFailed(`the application at ${origin} has another HASH_KEY`);
  if (!asked.ok) throw new DrainFailed(`the application at ${origin} answered ${asked.status}`);
  let status = (await asked.json()) as Status;
  for (let calls = -1; ; await delay(askAgainMs)) {
    if (status.calls !== calls) process.stdout.write(`${describe(status)}\n`);
    calls = status.calls;
    const next = await readStatus(origin);
    if (next?.instanceId !== status.instanceId) break;
    status = next;
  }
  process.stdout.write('drained: the application has ended\n');
}

function describe({ calls, secondsLeft }: Status): string {
  return `${calls} ${calls === 1 ? 'call' : 'calls'} left, at most ${secondsLeft ?? 0} s`;
}

/** Undefined once nothing answers. */
async function readStatus(origin: string): Promise<Status | undefined> {
  return fetch(`${origin}/status`).then(
    async (answer) => (await answer.json()) as Status,
    () => undefined,
  );
}
