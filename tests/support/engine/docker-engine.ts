/**
 * The Docker engine that the tests use: this machine's, or Debian's, started here with its data and
 * socket under `.hotline/docker/`. Ours leaves the machine's network as it is: no firewall rules, no
 * forwarding, no default bridge; tests reach containers through docker-proxy.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getContainerRuntimeClient } from 'testcontainers';
import { asRoot } from '../machine/run-as-root.ts';

const checkout = resolve(import.meta.dirname, '../../..');
const home = join(checkout, '.hotline/docker');
const socket = join(home, 'docker.sock');
const pidFile = join(home, 'dockerd.pid');
const logFile = join(home, 'dockerd.log');
/** Not under the checkout: containerd puts sockets here, and their paths must stay below 108 bytes. */
const execRoot = `/run/hotline-docker-${createHash('sha256').update(checkout).digest('hex').slice(0, 8)}`;

/** Where the engine started by {@link startOwnEngine} listens, as DOCKER_HOST spells it. */
export const ownEngineHost = `unix://${socket}`;

/** There is no engine; the message says why, for the titles of the skipped tests. */
export class NoDockerEngine extends Error {
  override readonly name = 'NoDockerEngine';
}

/**
 * The DOCKER_HOST to try: the environment's, the machine's socket, or the one under `.hotline`.
 * Does not check that anything answers there. Undefined if there is nothing to try.
 */
export function engineHost(): string | undefined {
  if (process.env['DOCKER_HOST']) return process.env['DOCKER_HOST'];
  const sockets = ['/var/run/docker.sock', `/run/user/${process.getuid?.() ?? 0}/docker.sock`, socket];
  const found = sockets.find((path) => existsSync(path));
  return found && `unix://${found}`;
}

/** Whether an engine answers at this DOCKER_HOST within 3 s. */
export function answers(host: string): Promise<boolean> {
  const { protocol, hostname, port, pathname } = new URL(host);
  // A remote engine may need certificates; testcontainers handles that, and says what is wrong.
  if (protocol !== 'unix:' && process.env['DOCKER_TLS_VERIFY']) return Promise.resolve(true);
  const target = protocol === 'unix:' ? { socketPath: decodeURIComponent(pathname) } : { hostname, port };
  return new Promise((done) => {
    const ping = request({ ...target, path: '/_ping', signal: AbortSignal.timeout(3000) }, (response) => {
      response.resume();
      done(response.statusCode === 200);
    });
    ping.on('error', () => done(false)).end();
  });
}

/** Points testcontainers at an engine, in this process and those that it starts. */
export function useEngine(host: string): void {
  process.env['DOCKER_HOST'] = host;
  if (host !== ownEngineHost) return;
  // Containers publish on this machine's loopback, even if a /.dockerenv makes testcontainers look
  // for a gateway. No reaper is needed, since the whole engine ends with the tests.
  process.env['TESTCONTAINERS_HOST_OVERRIDE'] = '127.0.0.1';
  process.env['TESTCONTAINERS_RYUK_DISABLED'] = 'true';
}

/**
 * Starts Debian's dockerd and waits until it answers. First ends one that a killed run left behind.
 *
 * @throws NoDockerEngine with the last error in its log
 */
export async function startOwnEngine(): Promise<void> {
  if (Buffer.byteLength(socket) > 107)
    throw new NoDockerEngine(`the path of this checkout is too long for a socket: ${socket}`);
  await stopOwnEngine();
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'daemon.json'), '{}\n'); // instead of the machine's /etc/docker/daemon.json
  const log = openSync(logFile, 'w');
  const [command, ...rest] = asRoot(['dockerd', ...engineArguments()]);
  const started = spawn(command!, rest, {
    detached: true,
    stdio: ['ignore', log, log],
    env: withAdminPath(),
  });
  let ended: string | undefined;
  started.on('error', (error) => (ended = error.message));
  started.on('exit', (code) => (ended = `dockerd ended with ${code ?? 'a signal'}`));
  started.unref();
  for (let tries = 0; !(await answers(ownEngineHost)); tries++) {
    if (ended !== undefined || tries > 300)
      throw new NoDockerEngine(`${lastError() ?? ended ?? 'dockerd did not answer'} (see ${logFile})`);
    await sleep(100);
  }
}

function engineArguments(): string[] {
  const network = [
    '--bridge=none',
    '--iptables=false',
    '--ip6tables=false',
    '--ip-forward=false',
    '--ip-masq=false',
  ];
  const places = [
    '--config-file',
    join(home, 'daemon.json'),
    '--data-root',
    join(home, 'data'),
    '--exec-root',
    execRoot,
    '--pidfile',
    pidFile,
  ];
  return [...places, '--host', ownEngineHost, '--group', String(process.getgid?.() ?? 0), ...network];
}

/** dockerd, containerd, runc and iptables are in sbin, which an ordinary user's PATH lacks. */
function withAdminPath(): NodeJS.ProcessEnv {
  return { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin:/usr/bin:/bin` };
}

function lastError(): string | undefined {
  const lines = readFileSync(logFile, 'utf8').trim().split('\n');
  const last = lines.at(-1);
  return last?.includes('failed') || last?.includes('unable')
    ? last
    : lines.findLast((line) => line.includes('level=error') || line.includes('level=fatal'));
}

/** Removes every container and network of our engine. The images stay, as a cache. */
export async function emptyOwnEngine(): Promise<void> {
  useEngine(ownEngineHost);
  const { dockerode } = (await getContainerRuntimeClient()).container;
  const containers = await dockerode.listContainers({ all: true });
  await Promise.all(containers.map(({ Id }) => dockerode.getContainer(Id).remove({ force: true, v: true })));
  await dockerode.pruneNetworks();
  await dockerode.pruneVolumes();
  await dockerode.pruneImages(); // unnamed ones, left over when an image was rebuilt
}

/** Ends our engine, found by its pid file, with all its containers. Does nothing if it is not running. */
export async function stopOwnEngine(): Promise<void> {
  const pid = ownEnginePid();
  if (pid !== undefined) {
    if (await answers(ownEngineHost)) await emptyOwnEngine();
    await end(pid);
  }
  rmSync(pidFile, { force: true });
  rmSync(socket, { force: true });
  const [command, ...rest] = asRoot(['rm', '-rf', '--one-file-system', execRoot]);
  spawnSync(command!, rest);
}

async function end(pid: number): Promise<void> {
  for (let tries = 0; ownEnginePid() === pid; tries++) {
    const [command, ...rest] = asRoot(['kill', tries < 200 ? '-TERM' : '-KILL', String(pid)]);
    if (tries === 0 || tries === 200) spawn(command!, rest, { stdio: 'ignore' });
    await sleep(100);
  }
}

/** The pid in the file, unless that process is gone or another one has its number now. */
function ownEnginePid(): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8'));
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(pidFile) ? pid : undefined;
  } catch {
    return undefined;
  }
}
