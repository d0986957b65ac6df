/**
 * Runs a command with a Docker engine and the databases' images ready, and ends the engine afterwards
 * if it was started here:
 *
 *     node tests/support/engine/with-docker-engine.ts jest
 *
 * If there is no engine, the command runs anyway, with HOTLINE_NO_DOCKER saying why (HOTLINE_NO_MYSQL
 * and so on for a server without an image). The tests concerned then report themselves as skipped,
 * or as failed if CI=true. Exits with the command's exit code.
 */
import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import {
  answers,
  emptyOwnEngine,
  engineHost,
  NoDockerEngine,
  ownEngineHost,
  startOwnEngine,
  stopOwnEngine,
  useEngine,
} from './docker-engine.ts';
import { enterEngine, leaveEngine } from './docker-engine-users.ts';
import { ensureDatabaseImages } from './database-images.ts';
import { installPackages, NotInstalled } from './debian-packages.ts';
import { canPullImages } from './image-registry.ts';
import { mayBecomeRoot } from '../machine/run-as-root.ts';

const withoutThem = process.env['CI'] ? 'reported as failed' : 'skipped by name';
const say = (line: string) => void process.stderr.write(`docker: ${line}\n`);

async function prepareEngine(): Promise<void> {
  const host = engineHost();
  if (host !== undefined && host !== ownEngineHost && (await answers(host))) return useMachinesEngine(host);
  if (process.env['DOCKER_HOST'])
    throw new NoDockerEngine(`nothing answers at DOCKER_HOST=${process.env['DOCKER_HOST']}`);
  if (!mayBecomeRoot()) throw new NoDockerEngine('no engine is running, and only root or sudo may start one');
  if (spawnSync('sh', ['-c', 'PATH="$PATH:/usr/sbin"; command -v dockerd']).status !== 0) {
    installPackages(['docker.io'], say);
    const started = '/var/run/docker.sock'; // where systemd runs, Debian starts the services it installs
    if (await answers(`unix://${started}`)) {
      say('Debian started its new service docker.service; the tests use it, and it stays.');
      return useMachinesEngine(`unix://${started}`);
    }
  }
  await enterEngine(beginOwnEngine);
}

async function beginOwnEngine(alone: boolean): Promise<void> {
  if (!(await answers(ownEngineHost))) {
    await startOwnEngine();
    say(`started Debian's engine at ${ownEngineHost}; it ends with the tests`);
  } else if (alone) {
    await emptyOwnEngine();
    say(`reusing the engine that a killed run left at ${ownEngineHost}; it ends with the tests`);
  } else say(`sharing the engine of another run at ${ownEngineHost}; it ends with the last of us`);
  useEngine(ownEngineHost);
}

async function useMachinesEngine(host: string): Promise<void> {
  useEngine(host);
  say(`using the engine at ${host}`);
  if (await canPullImages()) return;
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
  say("testcontainers' reaper cannot be pulled: a killed run may leave containers behind");
}

/** Aborted by Ctrl-C or SIGTERM, which do not end this process at once: it first ends what it started. */
const stop = new AbortController();

function run(command: readonly string[]): Promise<number> {
  const child = spawn(command[0]!, command.slice(1), { stdio: 'inherit' });
  // The terminal sends Ctrl-C to the child itself; SIGTERM is passed on.
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  return new Promise((done, failed) => {
    child.on('error', failed);
    child.on('exit', (code, signal) => done(code ?? 128 + constants.signals[signal!]));
  });
}

async function main(): Promise<number> {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  try {
    await prepareEngine();
    const failures = await ensureDatabaseImages(say, stop.signal);
    for (const [kind, reason] of Object.entries(failures)) {
      process.env[`HOTLINE_NO_${kind.toUpperCase()}`] = reason;
      say(`no ${kind}: ${reason}. Its tests are ${withoutThem}.`);
    }
  } catch (error) {
    if (stop.signal.aborted) return 130;
    if (!(error instanceof NoDockerEngine || error instanceof NotInstalled)) throw error;
    process.env['HOTLINE_NO_DOCKER'] = error.message;
    say(`no engine: ${error.message}. Tests that need one are ${withoutThem}.`);
  }
  return stop.signal.aborted ? 130 : run(process.argv.slice(2));
}

async function endEngine(): Promise<void> {
  await stopOwnEngine();
  say('ended the engine');
}

try {
  process.exitCode = await main();
} finally {
  await leaveEngine(endEngine);
}
