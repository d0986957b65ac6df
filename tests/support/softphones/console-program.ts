/** A phone of a stranger's making, driven as its user drives it: by lines typed and lines printed. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { until } from '../until.ts';

/** Where a program keeps its files, and what ends it. */
export interface Home {
  readonly home: string;
  readonly signal: AbortSignal;
}

/** A program with its console. Its home is a folder of its own. */
export class ConsoleProgram {
  readonly #program: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #output = '';
  /** How far the output has been read. */
  #read = 0;

  private constructor(program: string, child: ChildProcess) {
    this.#program = program;
    this.#child = child;
    this.#ended = once(child, 'close');
    const hear = (chunk: Buffer) => (this.#output += chunk.toString('utf8'));
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
  }

  /**
   * Starts it, before all others at the processor: tests keep the machine busier than people do, and a phone
   * that waits throws away the sound that has come meanwhile. In real time, as phones ask for it: nice(1) is
   * weighed within a session only (sched(7), autogroup). Aborting ends it at once.
   */
  static async start(program: string, args: readonly string[], options: Home): Promise<ConsoleProgram> {
    const { home, signal } = options;
    const env = { PATH: process.env['PATH'], LC_ALL: 'C', HOME: home };
    const child = spawn('chrt', ['--rr', '1', program, ...args], {
      cwd: home,
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    await once(child, 'spawn');
    signal.addEventListener('abort', () => child.kill('SIGKILL'));
    return new ConsoleProgram(program, child);
  }

  /** Types a line, or single keys without the end of a line. */
  type(line: string, end = '\n'): void {
    this.#child.stdin?.write(`${line}${end}`);
  }

  /**
   * Waits until it prints what fits, after what was waited for before.
   *
   * @returns what fitted
   * @throws with all it has printed when it ends, or prints no such thing in time
   */
  async prints(wanted: RegExp, limitMs = 60_000): Promise<string> {
    const found = () => wanted.exec(this.#output.slice(this.#read));
    try {
      await until(() => found() !== null || this.#child.exitCode !== null, limitMs);
    } catch {
      throw new Error(`${this.#program} did not print ${String(wanted)}, but:\n${this.#output}`);
    }
    const match = found();
    if (match === null) throw new Error(`${this.#program} ended before ${String(wanted)}:\n${this.#output}`);
    this.#read += match.index + match[0].length;
    return match[0];
  }

  /** Types its own word for the end, and waits for it. */
  async quit(farewell: string): Promise<void> {
    this.type(farewell);
    await this.#ended;
  }
}

/** Waits until a phone has played more than a second, as its recording shows. */
export async function playing(recording: () => string | undefined): Promise<void> {
  await until(() => (statSync(recording() ?? '', { throwIfNoEntry: false })?.size ?? 0) > 36_000);
}
