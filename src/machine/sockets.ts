/** Which ports are open on this machine, as the kernel lists them in /proc/net (proc(5)). */
import { existsSync, readFileSync } from 'node:fs';

/** A socket that takes connections (TCP) or datagrams (UDP). */
export interface ListeningSocket {
  readonly port: number;
  /** Whether only this machine reaches it. */
  readonly isLoopback: boolean;
  /** As in the `socket:[…]` links of /proc/<pid>/fd. */
  readonly inode: string;
}

/** TCP_LISTEN (include/net/tcp_states.h). */
const listening = '0A';

/** The listening sockets of this network namespace, IPv4 and IPv6. A table that is not there is empty. */
export function listeningSockets(protocol: 'tcp' | 'udp'): ListeningSocket[] {
  return [`/proc/net/${protocol}`, `/proc/net/${protocol}6`]
    .filter((table) => existsSync(table))
    .flatMap((table) => parseListening(protocol, readFileSync(table, 'utf8')));
}

/** @param table the text of /proc/net/tcp, tcp6, udp or udp6 */
export function parseListening(protocol: 'tcp' | 'udp', table: string): ListeningSocket[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode = ''] = line.trim().split(/\s+/);
    const [, address = '', port = ''] = /^([0-9A-F]+):([0-9A-F]{4})$/.exec(local) ?? [];
    if (address === '' || (protocol === 'tcp' && state !== listening)) return [];
    return [{ port: Number.parseInt(port, 16), isLoopback: isLoopbackInHex(address), inode }];
  });
}

/** As the kernel prints it: IPv4 with its last byte first, IPv6 in words of four bytes. */
function isLoopbackInHex(address: string): boolean {
  return address.length === 8
    ? address.endsWith('7F')
    : /^0{24}01000000$|^0{16}FFFF0000.{6}7F$/.test(address);
}
