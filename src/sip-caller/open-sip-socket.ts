/** Opens the connection of a leg. */
import type { Endpoint, SipSocket, SipTransport } from './sip-socket.ts';
import { TcpSocket } from './tcp-socket.ts';
import { UdpSocket } from './udp-socket.ts';

/**
 * Opens a socket on a free port of a local address. Rejects when this machine does not have the address,
 * and over TCP when the target does not accept the connection.
 */
export function openSipSocket(
  transport: SipTransport,
  localAddress: string,
  target: Endpoint,
): Promise<SipSocket> {
  return transport === 'tcp' ? TcpSocket.open(localAddress, target) : UdpSocket.open(localAddress, target);
}
