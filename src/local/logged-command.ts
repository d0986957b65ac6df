import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { toolEnvironment } from './environment.ts';

/** How a command ended: its exit code (null when a signal ended it) and all it wrote. */
export interface CommandResult {
  readonly code: number | null;
  readonly output: string;
}

export interface LoggedCommandOptions {
  /** File that gets the output, appended. */
  readonly log: string;
  /** Aborting kills the command; without a signal the command always finishes. */
  readonly signal?: AbortSignal;
  readonly onLine?: (line: string) => void;
}

/**
 * Runs a command to its end, in a session of its own: the terminal's Ctrl-C does not reach it.
 *
 * @throws the signal's reason, once the command has gone, when aborted
 */
export async function runLogged(
  command: readonly string[],
  { log, signal, onLine }: LoggedCommandOptions,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const [file = '', ...rest] = command;
  const child = spawn(file, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...toolEnvironment(), LC_ALL: 'C.UTF-8', DEBIAN_FRONTEND: 'noninteractive' },
  });
  const kill = () => void child.kill('SIGKILL');
  signal?.addEventListener('abort', kill);
  const logFile = createWriteStream(log, { flags: 'a' });
  logFile.on('error', () => {}); // a full disk shows in the output as well
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface(stream).on('line', (line) => {
      lines.push(line);
      logFile.write(`${line}\n`);
      onLine?.(line);
    });
  }
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    signal?.throwIfAborted();
    return { code, output: lines.join('\n') };
  } finally {
    signal?.removeEventListener('abort', kill);
    await new Promise((resolve) => logFile.end(resolve));
  }
}

/**
 * The command in pid and mount namespaces of its own. They end with it and with this process:
 * however either ends, no process and no mount is left. (--kill-child: util-linux, unshare(1))
 */
export function isolated(command: readonly string[]): string[] {
  return [
    'setpriv',
    '--pdeathsig',
    'KILL',
    'unshare',
    '--mount',
    '--propagation',
    'private',
    '--pid',
    '--fork',
    '--kill-child',
    ...command,
  ];
}

/** The last line of a log that is not blank, for an error message; empty when there is none. */
export function lastLine(file: string): string {
  const text = readFileSync(file, { encoding: 'utf8', flag: 'a+' });
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}
