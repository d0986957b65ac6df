/** `hotline run` as a test starts it: real processes in a network of their own, with their own run state. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, runState } from '../../src/local/run-state.ts';
import { endWithUs } from '../support/machine/end-with-us.ts';
import { inPrivateNetwork } from '../support/machine/private-network.ts';
import { until } from '../support/until.ts';

const cli = join(checkout, 'src/cli.ts');

/** What starts it: `hotline run` of this checkout, with a run state and, unless it is the checkout's, a Debian root; or a command. */
type Start = { readonly state: string; readonly root?: string } | { readonly command: readonly string[] };

export type HotlineOptions = Start & {
  /** A folder put in front of PATH, with programs that stand in for real ones. */
  readonly programs?: string;
  /** Puts another command around that one. */
  readonly around?: (command: readonly string[]) => string[];
};

/** A `hotline run` in a network of its own. */
export class HotlineProcess {
  readonly pid: number;
  /** Resolves when it has ended: exit code, or the signal's name. */
  readonly ended: Promise<number | NodeJS.Signals>;
  readonly #child: ChildProcess;
  readonly #network: Promise<string>;
  #output = '';
  #heard = Promise.withResolvers<void>();

  constructor({ programs, around = (inner) => [...inner], ...start }: HotlineOptions) {
    const command =
      'command' in start
        ? start.command
        : [process.execPath, cli, 'run', '--state', start.state, '--root', start.root ?? runState().root];
    const [file = '', ...rest] = endWithUs(inPrivateNetwork(around(command)));
    const path = programs === undefined ? process.env['PATH'] : `${programs}:${process.env['PATH']}`;
    this.#child = spawn(file, rest, {
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
      env: { ...process.env, PATH: path },
    });
    this.pid = this.#child.pid ?? 0;
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => this.#hear(text));
    this.ended = new Promise((resolve) =>
      this.#child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL')),
    );
    void this.ended.then(() => this.#hear(''));
    this.#network = this.waitFor(/./).then(() => networkOf(this.pid) ?? '');
  }

  /** All it has written so far. */
  get output(): string {
    return this.#output;
  }

  /** Resolves once its output matches. Rejects, with the output, when it ends without. */
  async waitFor(pattern: RegExp): Promise<void> {
    let over = false;
    void this.ended.then(() => (over = true));
    while (!pattern.test(this.#output)) {
      if (over) throw new Error(`hotline run ended without saying ${String(pattern)}:\n${this.#output}`);
      await this.#heard.promise;
    }
  }

  /** Process ids of what runs in its network, by the command lines that match. */
  async processes(commandLine = /./): Promise<number[]> {
    const network = await this.#network;
    return allProcesses().filter(
      (pid) =>
        networkOf(pid) === network &&
        commandLine.test(readText(`/proc/${pid}/cmdline`).replaceAll('\0', ' ')),
    );
  }

  /** Sends a signal to the hotline alone, or (as a terminal does) to its whole process group. */
  signal(signal: NodeJS.Signals, { group = false } = {}): void {
    process.kill(group ? -this.pid : this.pid, signal);
  }

  /** Ends it if it still runs, and removes its run state. */
  async remove(state: string): Promise<void> {
    try {
      this.signal('SIGKILL', { group: true });
    } catch {
      // it has ended
    }
    await this.ended;
    await until(async () => (await this.processes()).length === 0);
    rmSync(state, { recursive: true, force: true });
  }

  #hear(text: string): void {
    this.#output += text;
    const heard = this.#heard;
    this.#heard = Promise.withResolvers<void>();
    heard.resolve();
  }
}

function allProcesses(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function networkOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`);
  } catch {
    return undefined; // it has just ended
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
