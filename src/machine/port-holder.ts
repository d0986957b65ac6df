import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { listeningSockets } from './sockets.ts';

/**
 * Who has a port open on this machine, for an error message.
 *
 * @returns as "nginx (process 123)", or undefined when it cannot be known
 */
export function portHolder(protocol: 'tcp' | 'udp', port: number): string | undefined {
  return portHolders(protocol, port)[0];
}

/** All that have a port open, each at addresses of its own or together. */
export function portHolders(protocol: 'tcp' | 'udp', port: number): string[] {
  return processesAtPort(protocol, port).map((pid) => `${commandName(pid)} (process ${pid})`);
}

/** The number of the process that has a port open; undefined when it cannot be known. */
export function processAtPort(protocol: 'tcp' | 'udp', port: number): string | undefined {
  return processesAtPort(protocol, port)[0];
}

function processesAtPort(protocol: 'tcp' | 'udp', port: number): string[] {
  const sockets = listeningSockets(protocol).filter((socket) => socket.port === port);
  const inodes = new Set(sockets.map(({ inode }) => inode));
  return readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && openSockets(name).some((inode) => inodes.has(inode)),
  );
}

/** Who has a file of this machine locked by fcntl(2), as {@link portHolder} names it; `/proc/locks` is in proc_locks(5). */
export function lockHolder(file: string): string | undefined {
  const { ino } = statSync(file);
  const line = readText('/proc/locks')
    .split('\n')
    .find((each) => each.includes(`:${ino} `));
  const pid = line?.split(/\s+/)[4];
  return pid === undefined || !(Number(pid) > 0) ? undefined : `${commandName(pid)} (process ${pid})`;
}

function openSockets(pid: string): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap(
      (descriptor) => /^socket:\[(\d+)\]$/.exec(readLink(`/proc/${pid}/fd/${descriptor}`))?.[1] ?? [],
    );
  } catch {
    return []; // ended meanwhile, or another user's
  }
}

function readLink(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** From the command line, which may be a title: `nginx: master process`. A thread's name says nothing of Node's programs. */
function commandName(pid: string): string {
  const words = readText(`/proc/${pid}/cmdline`).split('\0').filter(Boolean);
  if (words.some((word) => word.endsWith('/src/cli.ts')) && words.at(-1) === 'serve') return 'hotline serve';
  const [program = ''] = (words[0] ?? '').split(/[\s:]/);
  return basename(program) || readText(`/proc/${pid}/comm`).trim() || 'a program';
}
