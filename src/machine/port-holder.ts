import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listeningSockets } from './sockets.ts';

/**
 * Who has a port open on this machine, for an error message.
 *
 * @returns as "nginx (process 123)", or undefined when it cannot be known
 */
export function portHolder(protocol: 'tcp' | 'udp', port: number): string | undefined {
  const sockets = listeningSockets(protocol).filter((socket) => socket.port === port);
  const inodes = new Set(sockets.map(({ inode }) => inode));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (openSockets(pid).some((inode) => inodes.has(inode))) return `${commandName(pid)} (process ${pid})`;
  }
  return undefined;
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

function commandName(pid: string): string {
  return readText(`/proc/${pid}/comm`).trim() || 'a program';
}
