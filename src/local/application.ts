import { connect } from 'node:net';
import { join } from 'node:path';
import { readSettings } from '../config.ts';
import { checkout, type Owner, type RunState } from './run-state.ts';
import type { Secrets } from './secrets.ts';
import { Service } from './service.ts';

/** Ends with us, gains no rights, and leaves no core file: that would hold what a caller keyed. */
const confined = ['prlimit', '--core=0', 'setpriv', '--no-new-privs', '--pdeathsig', 'KILL', '--'];

/** A developer who presses Ctrl-C does not want to wait three minutes for a call; seconds. */
const shortDrain = '5';

/**
 * The application (`hotline serve`) as a service to start: a process of its own, with the run
 * state's secrets in its environment.
 *
 * @param user whom to run as (service-user.ts)
 * @param health URL that answers 200 once calls can be taken
 */
export function applicationService(
  state: RunState,
  secrets: Secrets,
  user: Owner,
  health: string,
  report: (line: string) => void,
): Service {
  return new Service({
    name: 'the application',
    command: [...confined, process.execPath, join(checkout, 'src/cli.ts'), 'serve'],
    env: {
      LOG_FORMAT: 'pretty',
      DRAIN_SECONDS: shortDrain,
      ...process.env,
      ...secrets,
      JOURNAL_DIRECTORY: state.journal,
      DATABASE_OWNER_URL: '',
    }, // it can change no schema and no audit row
    owner: { uid: user.uid, gid: user.gid },
    log: join(state.logs, 'application.log'),
    answers: () => answersOk(health),
    startLimitMs: 30_000,
    // Its calls, their farewells, and what is to be written.
    stopLimitMs:
      (readSettings(['DRAIN_SECONDS'], { DRAIN_SECONDS: shortDrain, ...process.env }).DRAIN_SECONDS + 30) *
      1000,
    report,
  });
}

/** The SMS receiver for development (`hotline sms-receiver`) as a service to start; prints to logs/sms.log. */
export function smsReceiverService(
  state: RunState,
  secrets: Secrets,
  user: Owner,
  report: (line: string) => void,
): Service {
  const { port } = new URL(secrets.SMS_GATEWAY_URL);
  return new Service({
    name: 'the SMS receiver',
    command: [...confined, process.execPath, join(checkout, 'src/cli.ts'), 'sms-receiver'],
    env: {
      PATH: process.env['PATH'],
      SMS_GATEWAY_SECRET: secrets.SMS_GATEWAY_SECRET,
      SMS_RECEIVER_PORT: port,
    },
    owner: { uid: user.uid, gid: user.gid },
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
