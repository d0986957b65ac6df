/** `hotline drain [--within seconds] [--json]` */
import { setTimeout as delay } from 'node:timers/promises';
import type { Status } from '../application/health.ts';
import { readSettings } from '../config.ts';
import { countOf } from '../count-of.ts';
import { ExpectedError } from '../expected-error.ts';
import { hostAndPort } from '../machine/listen-failed.ts';
import { HotlineCommand } from './hotline-command.ts';
import { OptionError } from './option-error.ts';
import { jsonOption, print, printReport, remark } from './print.ts';
import { withProgressLines, type Show } from './progress.ts';

const settings = ['HTTP_HOST', 'HTTP_PORT', 'HASH_KEY'] as const;
const askAgainMs = 500;
/** As for DRAIN_SECONDS. */
const maxSeconds = 900;

interface DrainOptions {
  readonly within?: number;
  readonly json?: boolean;
}

/** The application could not be asked to stop. */
class DrainFailed extends ExpectedError {
  override readonly name = 'DrainFailed';
}

export function drainCommand(): HotlineCommand {
  const command = new HotlineCommand('drain', settings);
  command
    .summary('finish running calls, then stop')
    .description('finish running calls, take no new ones, then stop; says what is left')
    .option(
      '--within <seconds>',
      `how long calls may go on, 0 to ${maxSeconds} (default: DRAIN_SECONDS)`,
      readSeconds,
    )
    .option(...jsonOption)
    .example('hotline drain', 'let running calls end, for as long as DRAIN_SECONDS says')
    .example('hotline drain --within 60', 'cut the calls that go on after a minute')
    .action((options: DrainOptions) =>
      withProgressLines('asking the application to stop', (show) => drain(options, show)),
    );
  return command;
}

/** @throws OptionError */
function readSeconds(text: string): number {
  if (!/^\d{1,3}$/.test(text) || Number(text) > maxSeconds)
    throw new OptionError(`--within: expected whole seconds, 0 to ${maxSeconds}`);
  return Number(text);
}

/**
 * Asks the running application to take no more calls and to end with the last one; prints what is
 * left (with `json` on standard error), and returns when it has ended. A service manager may restart it.
 *
 * @throws DrainFailed
 */
async function drain({ within, json = false }: DrainOptions, show: Show): Promise<void> {
  const config = readSettings(settings);
  const origin = `http://${hostAndPort({ host: config.HTTP_HOST, port: config.HTTP_PORT })}`;
  const asked = await askToDrain(origin, config.HASH_KEY, within);
  let status = asked;
  const say = json ? remark : print;
  for (let calls = -1; ; await delay(askAgainMs)) {
    if (status.calls !== calls) say(describe(status));
    calls = status.calls;
    show(calls > 0 ? `waiting for ${countOf(calls, 'call')} to end` : 'waiting for the application to end');
    const next = await readStatus(origin);
    if (next?.instanceId !== status.instanceId) break;
    status = next;
  }
  if (json) printReport({ calls: asked.calls, secondsGiven: asked.secondsLeft, endedAt: new Date() });
  else print('drained: the application has ended');
}

async function askToDrain(origin: string, hashKey: string, within: number | undefined): Promise<Status> {
  const { controlToken } = await import('../application/control-token.ts');
  const query = within === undefined ? '' : `?seconds=${within}`;
  const asked = await fetch(`${origin}/drain${query}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${controlToken(hashKey)}` },
  }).catch(() => undefined);
  if (asked === undefined)
    throw new DrainFailed(
      `no application answers at ${origin}: it is not running, or it listens at another HTTP_HOST or HTTP_PORT`,
    );
  if (asked.status === 401) throw new DrainFailed(`the application at ${origin} has another HASH_KEY`);
  if (!asked.ok) throw new DrainFailed(`the application at ${origin} answered ${asked.status}`);
  return asked.json().then(
    (status) => status as Status,
    () => {
      throw new DrainFailed(
        `what answers at ${origin} is not the application: check HTTP_HOST and HTTP_PORT`,
      );
    },
  );
}

function describe({ calls, secondsLeft }: Status): string {
  return `${countOf(calls, 'call')} left, at most ${secondsLeft ?? 0} s`;
}

/** Undefined once nothing answers, or something else does. */
async function readStatus(origin: string): Promise<Status | undefined> {
  return fetch(`${origin}/status`).then(
    async (answer) => (await answer.json().catch(() => undefined)) as Status | undefined,
    () => undefined,
  );
}
