import { connect } from 'node:net';
import { join } from 'node:path';
import { ownEnvironment, readSettings } from '../config.ts';
import { serveSettings } from '../serve-settings.ts';
import type { BrowserPhone } from './browser-phone.ts';
import { inCheckout } from './enter-checkout.ts';
import { bareEnvironment, pick } from './environment.ts';
import { checkout, type Owner, type RunState } from './run-state.ts';
import type { Secrets } from './secrets.ts';
import { Service } from './service.ts';

/** A program of this checkout. */
const program = [process.execPath, join(checkout, 'src/cli.ts')];

/** Seconds. A developer who presses Ctrl-C does not want to wait three minutes for a call. */
const shortDrain = '5';

/** What a program of ours may need beside its settings. None of it is a secret. */
const surroundings = [
  'PATH',
  'TZ',
  'LANG',
  'LC_ALL',
  'NODE_OPTIONS',
  'NODE_EXTRA_CA_CERTS',
  'UV_THREADPOOL_SIZE',
  'NODE_COMPILE_CACHE',
  'HOTLINE_FAULT_FILE', // of `make chaos`
];

/**
 * The environment of the application: the settings it reads and nothing else, so neither the rights
 * of the schema's owner nor a password it does not use. What a developer sets for `hotline run`
 * reaches it (`RESETS_APART_SECONDS=0 make run`), except what the run state fixes.
 */
export function applicationEnvironment(
  state: Pick<RunState, 'journal' | 'compiled' | 'recordings'>,
  secrets: Secrets,
  phone: BrowserPhone['settings'],
  environment: NodeJS.Dict<string>,
): NodeJS.ProcessEnv {
  const known: NodeJS.Dict<string> = {
    LOG_FORMAT: 'pretty',
    DRAIN_SECONDS: shortDrain,
    ...environment,
    ...secrets,
    ...phone,
    NODE_COMPILE_CACHE: state.compiled,
    JOURNAL_DIRECTORY: state.journal,
    RECORDINGS_DIRECTORY: state.recordings,
  };
  return pick(known, [...surroundings, ...serveSettings]);
}

/**
 * The application (`hotline serve`) as a service to start: a process of its own.
 *
 * @param user to run as (service-user.ts)
 * @param health URL that answers 200 once calls can be taken
 */
export function applicationService(
  state: RunState,
  secrets: Secrets,
  phone: BrowserPhone['settings'],
  user: Owner,
  health: string,
  report: (line: string) => void,
): Service {
  const env = applicationEnvironment(state, secrets, phone, ownEnvironment());
  return new Service({
    name: 'the application',
    command: inCheckout(user, [state.journal, state.compiled, state.recordings], [...program, 'serve']),
    env,
    log: join(state.logs, 'application.log'),
    answers: () => answersOk(health),
    startLimitMs: 30_000,
    // Its calls, their farewells, and what is to be written.
    stopLimitMs: (readSettings(['DRAIN_SECONDS'], env).DRAIN_SECONDS + 30) * 1000,
    report,
  });
}

/**
 * The SMS receiver for development (`hotline sms-receiver`) as a service to start, with its two
 * settings; prints to logs/sms.log.
 */
export function smsReceiverService(
  state: RunState,
  secrets: Secrets,
  user: Owner,
  report: (line: string) => void,
): Service {
  const { port } = new URL(secrets.SMS_GATEWAY_URL);
  return new Service({
    name: 'the SMS receiver',
    command: inCheckout(user, [], [...program, 'sms-receiver']),
    env: {
      ...bareEnvironment(),
      SMS_GATEWAY_SECRET: secrets.SMS_GATEWAY_SECRET,
      SMS_RECEIVER_PORT: port,
    },
    log: join(state.logs, 'sms.log'),
    answers: () => accepts(Number(port)),
    startLimitMs: 30_000,
    stopLimitMs: 5000,
    report,
  });
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
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
