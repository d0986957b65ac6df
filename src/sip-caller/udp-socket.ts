/** SIP over UDP: one message a packet. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { formatSipMessage, parseSipMessage, type SipRequest, type SipResponse } from './sip-message.ts';
import type { Endpoint, SipSocket } from './sip-socket.ts';

/**
 * A UDP socket connected to one peer. The kernel then drops packets from others and reports a closed
 * port at once; without that, the caller would wait 32 s for timer B.
 */
export class UdpSocket implements SipSocket {
  readonly transport = 'udp';
  readonly #socket: Socket;
  #closing = false;
  readonly local: Endpoint;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.local = { host: address, port };
  }

  /** Binds to a free port of a local address. Rejects when this machine does not have the address. */
  static async open(localAddress: string, target: Endpoint): Promise<UdpSocket> {
    const socket = createSocket('udp4');
    try {
      socket.bind(0, localAddress);
      await once(socket, 'listening');
      socket.connect(target.port, target.host);
      await once(socket, 'connect');
      return new UdpSocket(socket);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  listen(onMessage: (message: SipRequest | SipResponse) => void, onError: (error: Error) => void): void {
    this.#socket.on('error', onError);
    this.#socket.on('message', (packet) => {
      let message;
      try {
        message = parseSipMessage(packet.toString('utf8'));
      } catch {
        return;
      }
      onMessage(message);
    });
  }

  send(message: SipRequest | SipResponse): void {
    if (this.#closing) return;
    this.#socket.send(formatSipMessage(message), (error) => {
      if (error && !this.#closing) this.#socket.emit('error', error);
    });
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    setImmediate(() => this.#socket.close());
  }
}
