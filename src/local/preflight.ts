import { accessSync, constants, existsSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { isOpenTo } from '../machine/file-mode.ts';
import { findInPath } from './become-root.ts';
import { freeBytes, isBuilt } from './debian-root.ts';
import { portHolder, processAtPort } from '../machine/port-holder.ts';
import { checkout, type RunState } from './run-state.ts';
import { databasePort, localGateway } from './secrets.ts';
import { StartError } from './start-error.ts';

/** A port the hotline listens on, and which part of it does. */
export interface NeededPort {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** The setting that chooses another port; undefined: the port is fixed. */
  readonly setting?: string;
}

const local = '127.0.0.1';

/** @param web where the application serves /health, which is configurable */
export function neededPorts(web: { address: string; port: number }): NeededPort[] {
  return [
    { protocol: 'udp', address: local, port: 5060, user: 'SIP' },
    { protocol: 'tcp', address: local, port: 5060, user: 'SIP' },
    { protocol: 'tcp', address: local, port: 8088, user: "Asterisk's ARI" },
    { protocol: 'tcp', address: local, port: 5038, user: "Asterisk's manager interface" },
    { protocol: 'tcp', address: local, port: databasePort, user: 'the database' },
    {
      protocol: 'tcp',
      address: local,
      port: Number(new URL(localGateway).port),
      user: 'the SMS receiver for development',
    },
    { protocol: 'tcp', ...web, user: "the application's pages", setting: 'HTTP_PORT' },
  ];
}

/**
 * Looks at the machine before anything on it is changed.
 *
 * @throws StartError for the first thing that would keep the hotline from starting
 */
export async function preflight(state: RunState, ports: readonly NeededPort[]): Promise<void> {
  requireDebian();
  requireCheckout();
  requireWritable(state.directory);
  requirePrivate(state.env);
  requireSpace(state);
  for (const port of ports) await requireFree(port);
}

function requireDebian(): void {
  for (const [command, origin] of [
    ['apt-get', 'Debian'],
    ['unshare', 'util-linux'],
    ['setpriv', 'util-linux'],
    ['nsenter', 'util-linux'],
    ['flock', 'util-linux'],
    ['prlimit', 'util-linux'],
  ] as const) {
    if (findInPath(command) === undefined) {
      throw new StartError(
        'unsupportedMachine',
        `${command} (${origin}) was not found on this machine: the hotline needs Debian 12 or later.`,
      );
    }
  }
}

function requireCheckout(): void {
  for (const folder of ['asterisk-config', 'sounds/vi'].map((name) => join(checkout, name))) {
    if (!existsSync(folder))
      throw new StartError('unsupportedMachine', `${folder} is missing: the checkout is incomplete.`);
    requireReadableByOthers(folder);
  }
}

/**
 * Asterisk reads the checkout's files as a user of its own. A strict umask at clone time prevents
 * that.
 *
 * @throws StartError (noPermission) naming the first file or folder it could not read
 */
export function requireReadableByOthers(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
    (name) => !name.split('/').some((part) => part.startsWith('.')),
  );
  const paths = [folder, ...names.map((name) => join(folder, name))];
  for (const path of paths) {
    const status = statSync(path, { throwIfNoEntry: false }); // it may vanish while sounds are being made
    const needed = status?.isDirectory() ? 0o005 : 0o004;
    if (status && (status.mode & needed) !== needed) {
      throw new StartError(
        'noPermission',
        `${path} cannot be read by other users, and Asterisk runs as one: chmod -R o+rX ${folder}, then try again.`,
      );
    }
  }
}

/**
 * Only its owner may read the secrets of a run state.
 *
 * @throws StartError (noPermission) naming the file
 */
export function requirePrivate(file: string): void {
  if (isOpenTo(0o077, file)) {
    throw new StartError(
      'noPermission',
      `${file} can be read or changed by other users, so its secrets may be known: remove it to have new ones made, then try again.`,
    );
  }
}

/** The nearest folder above that exists. */
function existing(path: string): string {
  return existsSync(path) ? path : existing(dirname(path));
}

function requireWritable(directory: string): void {
  const folder = existing(directory);
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch {
    throw new StartError(
      'noPermission',
      `${folder} cannot be written to: the hotline keeps its run state in ${directory}; give it a folder on a writable file system.`,
    );
  }
}

const megabyte = 1e6;

/** Measured: the finished root has 350 MB and needs 490 MB while it is built; a new database has 80 MB. */
function requireSpace(state: RunState): void {
  const root = isBuilt(state.root) ? 0 : 900 * megabyte;
  const database = existsSync(state.database) ? 0 : 150 * megabyte;
  const needs = [
    { folder: existing(dirname(state.root)), bytes: root, what: 'the private Debian root' },
    { folder: existing(state.directory), bytes: database + 50 * megabyte, what: 'the database and logs' },
  ];
  for (const { folder, bytes, what } of needs) {
    const free = freeBytes(folder);
    if (free < bytes) {
      throw new StartError(
        'diskFull',
        `${folder} has ${Math.floor(free / megabyte)} MB free and ${what} need${what.includes(' and ') ? '' : 's'} ${bytes / megabyte} MB: free some space there, then try again.`,
      );
    }
  }
}

async function requireFree({ protocol, address, port, user, setting }: NeededPort): Promise<void> {
  if (await (protocol === 'tcp' ? canListen(address, port) : canBind(address, port))) return;
  const other = checkoutAtPort(protocol, port);
  const holder =
    other === undefined ? (portHolder(protocol, port) ?? 'another program') : `the hotline of ${other}`;
  const act = other === undefined ? 'end that program' : 'stop it first, with Ctrl-C in its terminal';
  const orElse = setting === undefined ? '' : `, or choose another port with ${setting}`;
  throw new StartError(
    'portInUse',
    `Port ${port} (${protocol.toUpperCase()}) on ${address}, needed for ${user}, is in use by ${holder}: ${act}${orElse}, then try again.`,
  );
}

/** The other checkout whose PBX or database has the port: each works in the root that `hotline run` built there. */
function checkoutAtPort(protocol: 'tcp' | 'udp', port: number): string | undefined {
  const pid = processAtPort(protocol, port);
  if (pid === undefined) return undefined;
  try {
    return /^(.+)\/\.hotline\/root(?:\/|$)/.exec(readlinkSync(`/proc/${pid}/cwd`))?.[1];
  } catch {
    return undefined; // ended meanwhile, or another user's
  }
}

function canListen(host: string, port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function canBind(address: string, port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve) => {
    socket.once('error', () => resolve(false));
    socket.bind({ address, port, exclusive: true }, () => socket.close(() => resolve(true)));
  });
}
