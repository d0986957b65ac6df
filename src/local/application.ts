import { join } from 'node:path';
import { checkout, checkoutOwner, type RunState } from './run-state.ts';
import type { Secrets } from './secrets.ts';
import { Service } from './service.ts';

/**
 * The application (`hotline serve`) as a service to start: a process of its own, with the run
 * state's secrets in its environment, as the owner of the checkout.
 *
 * @param health URL that answers 200 once calls can be taken
 */
export function applicationService(state: RunState, secrets: Secrets, health: string, report: (line: string) => void): Service {
  return new Service({
    name: 'the application',
    command: ['setpriv', '--pdeathsig', 'KILL', process.execPath, join(checkout, 'src/cli.ts'), 'serve'],
    env: { LOG_FORMAT: 'pretty', ...process.env, ...secrets },
    owner: checkoutOwner(),
    log: join(state.logs, 'application.log'),
    answers: () => answersOk(health),
    startLimitMs: 30_000,
    stopLimitMs: 10_000,
    report,
  });
}

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(900) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
