import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { lastLine } from './logged-command.ts';
import { StartError } from './start-error.ts';
import { backOff } from '../timing/back-off.ts';
import { pause } from '../timing/pause.ts';

export interface ServiceOptions {
  /** As messages call it: "the database". */
  readonly name: string;
  readonly command: readonly string[];
  /** All of its environment (environment.ts). */
  readonly env: NodeJS.ProcessEnv;
  /** Gets standard output and error. */
  readonly log: string;
  /** Resolves true once the service answers; asked again until it does. Must not take over a second. */
  readonly answers: (pid: number) => Promise<boolean>;
  /** The process that gets SIGTERM; absent: the one that was started. */
  readonly leader?: (pid: number) => number | undefined;
  /** How long it may take to answer, and to end when asked to. */
  readonly startLimitMs: number;
  readonly stopLimitMs: number;
  /** Called when it has ended by itself, and when it is back. */
  readonly report: (line: string) => void;
}

const askAgainMs = 50;
/** From a service's end to its next start, by how often it has ended without having been healthy. */
const restartDelayMs = backOff({ firstMs: 250, maxMs: 10_000 });
/** A service that ran this long was healthy: its next restart is quick again. */
const healthyMs = 30_000;

/** Why a service that was started does not answer: "ended while it started". */
class NotAnswering extends Error {}

/** One process kept alive: started, waited for, restarted when it dies, stopped in good order. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #stopping = new AbortController();
  #child: ChildProcess | undefined;
  #failures = 0;

  constructor(options: ServiceOptions) {
    this.#options = options;
  }

  /**
   * Starts it and waits until it answers; from then on it is restarted whenever it ends.
   *
   * @throws StartError (serviceFailed) with the last lines of its log; the signal's reason when aborted
   */
  async start(signal: AbortSignal): Promise<void> {
    const child = this.#spawn();
    await this.#untilAnswering(child, signal).catch((error: unknown) => {
      throw error instanceof NotAnswering ? this.#failure(error.message) : error;
    });
    child.once('close', () => void this.#restart(performance.now()));
    if (hasEnded(child)) void this.#restart(performance.now());
  }

  /** Asks it to end, and kills it if that takes too long. Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    if (child?.pid === undefined || hasEnded(child)) return;
    const ended = once(child, 'close');
    const deadline = setTimeout(() => this.kill(), this.#options.stopLimitMs);
    const leader = this.#options.leader?.(child.pid);
    if (leader !== undefined) process.kill(leader, 'SIGTERM');
    else child.kill(this.#options.leader ? 'SIGKILL' : 'SIGTERM');
    await ended;
    clearTimeout(deadline);
  }

  /** As in "the database". */
  get name(): string {
    return this.#options.name;
  }

  /** Ends it at once, with everything in its namespace. */
  kill(): void {
    this.#child?.kill('SIGKILL');
  }

  #spawn(): ChildProcess {
    const {
      command: [file = '', ...rest],
      env,
      log,
    } = this.#options;
    const output = openSync(log, 'a');
    this.#child = spawn(file, rest, {
      stdio: ['ignore', output, output],
      detached: true,
      env,
    });
    this.#child.on('error', () => {}); // a program that cannot be run also closes, which is handled
    closeSync(output);
    return this.#child;
  }

  async #untilAnswering(child: ChildProcess, signal: AbortSignal): Promise<void> {
    const { startLimitMs, answers, command } = this.#options;
    const deadline = performance.now() + startLimitMs;
    if (child.pid === undefined) throw new NotAnswering(`cannot be started, for lack of ${command[0]}`);
    while (!(await answers(child.pid))) {
      signal.throwIfAborted();
      if (hasEnded(child)) throw new NotAnswering('ended while it started');
      if (performance.now() > deadline)
        throw new NotAnswering(`did not answer within ${startLimitMs / 1000} s`);
      await delay(askAgainMs, undefined, { signal });
    }
  }

  #failure(what: string): StartError {
    const { name, log } = this.#options;
    return new StartError(
      'serviceFailed',
      `${capital(name)} ${what}; its last log line was "${lastLine(log)}", the rest is in ${log}.`,
    );
  }

  async #restart(upSince: number): Promise<void> {
    const { report, name } = this.#options;
    const stopping = this.#stopping.signal;
    let startedAt = upSince;
    while (!stopping.aborted) {
      if (performance.now() - startedAt > healthyMs) this.#failures = 0;
      report(`${capital(name)} ended by itself; starting it again.`);
      await pause(restartDelayMs(++this.#failures), stopping);
      if (stopping.aborted) return;
      startedAt = performance.now();
      const child = this.#spawn();
      const ended = once(child, 'close');
      this.#untilAnswering(child, stopping).then(
        () => report(`${capital(name)} is back.`),
        () => {}, // it ended, which is seen below, or is slow, and may still come
      );
      await ended;
    }
  }
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
