/** Sockets that send any bytes, and read what comes back as far as it is SIP. */
import { createSocket, type Socket as UdpSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect, type Socket as TcpSocket } from 'node:net';
import { parseSipMessage, type SipRequest, type SipResponse } from '../../src/sip-caller/sip-message.ts';
import { SipStream } from '../../src/sip-caller/tcp-socket.ts';

const pbx = { host: '127.0.0.1', port: 5060 };
/** More does not fit into one packet. Bytes. */
const maxPacket = 65_000;

/** A way to the PBX. */
export interface Wire {
  readonly port: number;
  /** Never fails: the PBX may close a connection that brings no SIP. */
  send(bytes: Buffer): void;
  close(): void;
}

type Listener = (message: SipRequest | SipResponse) => void;

export async function openUdp(host: string): Promise<UdpSocket> {
  const socket = createSocket('udp4');
  socket.on('error', () => undefined);
  socket.bind(0, host);
  await once(socket, 'listening');
  return socket;
}

export async function openWire(transport: 'udp' | 'tcp', host: string, listener: Listener): Promise<Wire> {
  return transport === 'udp' ? udpWire(await openUdp(host), listener) : tcpWire(host, listener);
}

function udpWire(socket: UdpSocket, listener: Listener): Wire {
  socket.on('message', (packet) => {
    try {
      listener(parseSipMessage(packet.toString('latin1')));
    } catch {
      // an answer to garbage may be garbage
    }
  });
  return {
    port: socket.address().port,
    send: (bytes) => socket.send(bytes.subarray(0, maxPacket), pbx.port, pbx.host, () => undefined),
    close: () => socket.close(),
  };
}

async function tcpWire(host: string, listener: Listener): Promise<Wire> {
  const socket = connect({ ...pbx, localAddress: host, noDelay: true });
  await once(socket, 'connect');
  socket.on('error', () => undefined);
  const stream = new SipStream();
  socket.on('data', (bytes) => {
    try {
      for (const message of stream.take(bytes)) listener(message);
    } catch {
      socket.destroy();
    }
  });
  return {
    port: socket.localPort!,
    send: (bytes) => sendInParts(socket, bytes),
    close: () => socket.destroySoon(),
  };
}

/** Where a message is cut into segments must not matter: at its line breaks, or after its first byte. */
function sendInParts(socket: TcpSocket, bytes: Buffer): void {
  const cut = bytes.length % 3 === 0 ? 1 : Math.floor(bytes.length / 2);
  for (const part of [bytes.subarray(0, cut), bytes.subarray(cut)])
    if (!socket.destroyed) socket.write(part, () => undefined);
}
