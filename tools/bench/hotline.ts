/** The hotline of a run, as `make run` starts it, and the twins beside it, each a process of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { endWithUs } from '../../tests/support/machine/end-with-us.ts';
import {
  hotlineEnvironment,
  processOf,
  runStateDirectory,
} from '../../tests/support/machine/hotline-under-test.ts';
import { script } from './script.ts';
import type { System } from './systems.ts';

const checkout = join(import.meta.dirname, '../..');

/** Processes whose time is counted, by what they are. `application`: that of the system that is measured. */
export interface Processes {
  readonly pbx: number;
  readonly database: number;
  readonly application: Readonly<Record<Exclude<System, 'floor'>, number>>;
}

/** The most that MAX_CALLS may be. */
export const mostCalls = 2000;

/** What the application must take at once at so many calls a second, whichever way they fall. */
export function callsAtOnce(rate: number): number {
  return Math.ceil(rate * 4 * (script.hangUpAtMs / 1000 + 10));
}

export class BenchHotline {
  readonly #run: ChildProcess;
  readonly #twins: readonly ChildProcess[];
  readonly processes: Processes;

  private constructor(run: ChildProcess, ari: ChildProcess, agi: ChildProcess) {
    this.#run = run;
    this.#twins = [ari, agi];
    this.processes = {
      pbx: processOf('pbx'),
      database: processOf('database'),
      application: { ours: processOf('application'), ari: ari.pid!, agi: agi.pid! },
    };
  }

  /** Resolves when all of them take calls. @param maxCalls at once */
  static async start(maxCalls: number): Promise<BenchHotline> {
    const run = await startProgram(
      ['src/cli.ts', 'run', '--state', runStateDirectory()],
      { MAX_CALLS: String(maxCalls) },
      'hotline ready',
    );
    const environment = hotlineEnvironment();
    const twin = (name: string) => startProgram([join('tools/bench/twins', name)], environment, 'ready');
    const [ari, agi] = await Promise.all([twin('ari.ts'), twin('agi.ts')]);
    return new BenchHotline(run, ari, agi);
  }

  async stop(): Promise<void> {
    for (const twin of this.#twins) twin.kill('SIGKILL');
    const ended = once(this.#run, 'exit');
    this.#run.kill('SIGTERM');
    await ended;
  }
}

/** In a session of its own, as services have: Linux shares the processor among sessions (sched(7), autogroup). */
async function startProgram(
  words: readonly string[],
  environment: Readonly<Record<string, string>>,
  readyLine: string,
): Promise<ChildProcess> {
  const [program = '', ...rest] = endWithUs([process.execPath, ...words]);
  const child = spawn(program, rest, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
    detached: true,
  });
  const printed: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    printed.push(line);
    if (!line.startsWith(readyLine)) continue;
    child.stdout.resume();
    return child;
  }
  throw new Error(`${words.join(' ')} ended before it was ready:\n${printed.join('\n')}`);
}
