/**
 * A separate application with its own settings, on its own Asterisk (real-asterisk.ts) but with the
 * registry of the hotline under test. At start it closes the open calls of every other application on
 * this machine, so start it while there are no calls.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { hotlineEnvironment, runStateDirectory } from './hotline-under-test.ts';
import type { RealAsterisk } from './real-asterisk.ts';
import { until } from '../until.ts';

/** The hotline under test uses 8080. */
const port = '8081';

const isUp = () =>
  fetch(`http://127.0.0.1:${port}/health`).then(
    ({ ok }) => ok,
    () => false,
  );

/** A running `hotline serve`. */
export class OwnApplication {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Starts it and resolves when it takes calls. @param readsLog false: the reader of its log has vanished */
  static async start(
    { ari }: Pick<RealAsterisk, 'ari'>,
    settings: NodeJS.ProcessEnv = {},
    { readsLog = true } = {},
  ): Promise<OwnApplication> {
    const log = openSync(join(runStateDirectory(), 'logs/own-application.log'), 'a', 0o640);
    const child = spawn(process.execPath, ['src/cli.ts', 'serve'], {
      stdio: ['ignore', readsLog ? log : 'pipe', log],
      env: {
        ...process.env,
        ...hotlineEnvironment(),
        ...{ DATABASE_OWNER_URL: '', LOGIN_DATABASE_URL: '' },
        JOURNAL_DIRECTORY: join(runStateDirectory(), 'own-journal'),
        RECORDINGS_DIRECTORY: join(runStateDirectory(), 'recordings'),
        ARI_URL: ari.url,
        ARI_USERNAME: ari.username,
        ARI_PASSWORD: ari.password,
        HTTP_PORT: port,
        HEP_PORT: '9061',
        NODE_NAME: 'own-application',
        LOG_LEVEL: 'debug',
        ...settings,
      },
    });
    child.stdout?.destroy();
    await until(async () => {
      if (child.exitCode !== null)
        throw new Error('the application ended as it started: see logs/own-application.log');
      return isUp();
    });
    return new OwnApplication(child);
  }

  /** Resolves when it takes calls. */
  async untilUp(): Promise<void> {
    await until(isUp);
  }

  /** Stops it with SIGTERM, which lets running calls finish. Throws when its exit code is not 0. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    if (this.#child.exitCode !== 0 && this.#child.signalCode !== 'SIGKILL')
      throw new Error(`the application ended with ${this.#child.exitCode ?? this.#child.signalCode}, not 0`);
  }

  /** Sends it SIGSTOP or SIGCONT. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child.kill(signal);
  }

  /** Kills it with SIGKILL. */
  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, 'exit');
    this.#child.kill(signal);
    await ended;
  }
}
