/** Opens the connection of a leg. */
import type { Endpoint, SipSocket, SipTransport } from './sip-socket.ts';
import { TcpSocket } from './tcp-socket.ts';
import { UdpSocket } from './udp-socket.ts';

/**
 * Opens a socket on a free port of a local address. Rejects when this machine does not have the address,
 * and over TCP and TLS when the target does not accept the connection.
 *
 * @param authority PEM of the authority that the target's certificate must come from, for TLS
 */
export function openSipSocket(
  transport: SipTransport,
  localAddress: string,
  target: Endpoint,
  authority = '',
): Promise<SipSocket> {
  if (transport === 'tls') return TcpSocket.openSecurely(localAddress, target, authority);
  return transport === 'tcp' ? TcpSocket.open(localAddress, target) : UdpSocket.open(localAddress, target);
}
