/**
 * The hotline that the end-to-end tests call: the shipped `hotline run` with its own run state. It runs
 * in the private network namespace made by tests/run.ts, so it uses its real ports and files.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream, existsSync, readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { readEnvFile } from '../../../src/machine/env-file.ts';
import { until } from '../until.ts';
import { endWithUs } from './end-with-us.ts';

const checkout = join(import.meta.dirname, '../../..');

/** The folder of its run state, which tests/run.ts sets for all test processes. */
export function runStateDirectory(): string {
  const directory = process.env['HOTLINE_TEST_STATE'];
  if (directory === undefined)
    throw new Error('end-to-end tests need their own network namespace: run them with `make test`');
  return directory;
}

/** The secrets and addresses of the hotline under test. */
export function hotlineEnvironment(): Record<string, string> {
  const file = join(runStateDirectory(), 'env');
  return readEnvFile(readFileSync(file, 'utf8'), file);
}

/**
 * Starts it with the most verbose log level and resolves when it has printed `hotline ready`. Rejects
 * with its output if it ends before that. The output is also written to console.log.
 */
export async function startHotline(): Promise<ChildProcess> {
  const command = [process.execPath, 'src/cli.ts', 'run', '--state', runStateDirectory()];
  const [program = '', ...words] = endWithUs(command);
  const run = spawn(program, words, {
    cwd: checkout,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'debug' },
  });
  run.stdout.pipe(createWriteStream(join(runStateDirectory(), 'console.log'), { mode: 0o600 }));
  const printed: string[] = [];
  for await (const line of createInterface({ input: run.stdout })) {
    printed.push(line);
    if (line.includes('hotline ready')) {
      run.stdout.resume();
      return run;
    }
  }
  throw new Error(`hotline run ended before it was ready:\n${printed.join('\n')}`);
}

/** Stops it and waits for its end. */
export async function stopHotline(run: ChildProcess): Promise<void> {
  const ended = once(run, 'exit');
  run.kill('SIGTERM');
  await ended;
}

/** Finds the process in our network namespace that runs `program` with all of `words`. */
function findProcess(program: string, ...words: string[]): number | undefined {
  const here = readlinkSync('/proc/self/ns/net');
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .find((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return (
          command[0]!.endsWith(program) &&
          words.every((word) => command.some((part) => part.endsWith(word))) &&
          readlinkSync(`/proc/${pid}/ns/net`) === here
        );
      } catch {
        return false; // the process has ended meanwhile
      }
    });
}

/** The services that a fault can hit, with words of their command lines. */
const services = {
  application: ['node', 'src/cli.ts', 'serve'],
  database: ['mariadbd'],
  pbx: ['asterisk', '-f'],
};

/** The process id of a service of the hotline under test. Throws when it is not running. */
export function processOf(service: keyof typeof services): number {
  const [program, ...words] = services[service] as [string, ...string[]];
  const pid = findProcess(program, ...words);
  if (pid === undefined) throw new Error(`${service} is not running`);
  return pid;
}

/** Kills a service with SIGKILL. Resolves when its process is gone, before it has been restarted. */
export async function kill(service: keyof typeof services): Promise<void> {
  const pid = processOf(service);
  process.kill(pid, 'SIGKILL');
  await until(() => !existsSync(`/proc/${pid}`));
}

/** Resolves when /health reports that PBX and registry are up. */
export async function whenHealthy(): Promise<void> {
  await until(async () => {
    const { pbx, registry } = await health();
    return pbx && registry;
  });
}

/** Resolves when the application is connected to the PBX, with or without its database. */
export async function whenTakingCalls(): Promise<void> {
  await until(async () => (await health()).pbx);
}

async function health(): Promise<{ pbx: boolean; registry: boolean }> {
  const response = await fetch('http://127.0.0.1:8080/health').catch(() => undefined);
  return (response ? await response.json() : { pbx: false, registry: false }) as {
    pbx: boolean;
    registry: boolean;
  };
}
