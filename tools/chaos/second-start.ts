/** Starts a second application beside the running one, as an administrator may by mistake or on purpose. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { inCheckout } from '../../src/local/enter-checkout.ts';
import { checkout } from '../../src/local/run-state.ts';
import { serviceUser } from '../../src/local/service-user.ts';
import { hotlineEnvironment, runStateDirectory } from '../../tests/support/machine/hotline-under-test.ts';
import { until } from '../../tests/support/until.ts';
import type { SecondStart } from './call-fault.ts';
import type { Violation } from './checker.ts';

/** Longer than a start that waits to see whether another process lives (docs/adr/0027-leases.md). */
const endsWithinMs = 40_000;
const port = '8081';

/**
 * Starts it. One that must fail has to end by itself, with an error; the other is killed when the calls are
 * over. What it does to the calls is decided by what they hear.
 */
export async function startSecond(what: SecondStart, over: Promise<unknown>): Promise<readonly Violation[]> {
  const child = serve(settingsFor(what));
  const ended = once(child, 'exit');
  if (what === 'beside') {
    const isUp = await Promise.race([
      until(isHealthy).then(
        () => true,
        () => false,
      ),
      ended.then(() => false),
    ]);
    await over;
    child.kill('SIGKILL');
    return isUp
      ? []
      : [{ invariant: 'recovery', what: 'a second application of its own node does not start' }];
  }
  await Promise.race([ended, pause(endsWithinMs, undefined, { ref: false })]);
  if (child.exitCode !== null && child.exitCode !== 0) return [];
  child.kill('SIGKILL');
  return [{ invariant: 'recovery', what: `a start that must fail (${what}) does not` }];
}

function serve(settings: NodeJS.ProcessEnv): ChildProcess {
  const log = openSync(join(runStateDirectory(), 'logs/second.log'), 'a', 0o640);
  const user = serviceUser();
  mkdirSync(journal(), { recursive: true });
  chownSync(journal(), user.uid, user.gid);
  const folders = [journal(), join(runStateDirectory(), 'journal')];
  const [file = '', ...rest] = inCheckout(user, folders, [
    process.execPath,
    join(checkout, 'src/cli.ts'),
    'serve',
  ]);
  return spawn(file, rest, {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env['PATH'],
      ...hotlineEnvironment(),
      ...{ DATABASE_OWNER_URL: '', LOGIN_DATABASE_URL: '' },
      ...settings,
    },
  });
}

const journal = () => join(runStateDirectory(), 'second-journal');

/** All but one of them as they should be for a second application, so that this one decides. */
function settingsFor(what: SecondStart): NodeJS.ProcessEnv {
  const { DATABASE_URL = '' } = hotlineEnvironment();
  const right = {
    NODE_NAME: 'second',
    ARI_APPLICATION: 'second',
    HTTP_PORT: port,
    JOURNAL_DIRECTORY: journal(),
  };
  const wrong: Record<SecondStart, NodeJS.ProcessEnv> = {
    beside: {},
    'same-node': { NODE_NAME: 'hostname' },
    'same-journal': { JOURNAL_DIRECTORY: join(runStateDirectory(), 'journal') },
    'same-port': { HTTP_PORT: '8080' },
    'no-schema': { DATABASE_URL: DATABASE_URL.replace(/[^/]+$/, 'nothing_here') },
    'no-database': { DATABASE_URL: 'not a URL' },
    'wrong-pbx-password': { ARI_PASSWORD: 'the wrong password' },
  };
  // Where it fails, it uses the name of the running one on the PBX: it must not get as far as taking it.
  return { ...right, ...(what !== 'beside' && { ARI_APPLICATION: 'hotline' }), ...wrong[what] };
}

function isHealthy(): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
