import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** State of a listening socket in /proc/net/tcp (proc(5); include/net/tcp_states.h). */
const listening = '0A';

/**
 * Who has a port open on this machine, for an error message.
 *
 * @returns as "nginx (process 123)", or undefined when it cannot be known
 */
export function portHolder(protocol: 'tcp' | 'udp', port: number): string | undefined {
  const inodes = new Set([protocol, `${protocol}6`].flatMap((table) => socketInodes(table, port)));
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    if (openSockets(pid).some((inode) => inodes.has(inode))) return `${commandName(pid)} (process ${pid})`;
  }
  return undefined;
}

function socketInodes(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  return readText(`/proc/net/${table}`)
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((fields) => fields[1]?.endsWith(suffix) && (table.startsWith('udp') || fields[3] === listening))
    .map((fields) => fields[9] ?? '');
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
