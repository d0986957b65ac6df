/** The UDP socket of one call leg. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { formatSipMessage, parseSipMessage, type SipRequest, type SipResponse } from './sip-message.ts';

/** An IPv4 address or host name, and a UDP port. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Parses `host` or `host:port` (default port 5060). Throws on anything else or a port outside 1–65535. */
export function parseEndpoint(text: string): Endpoint {
  const found = /^([^\s:]+)(?::(\d{1,5}))?$/.exec(text);
  const port = Number(found?.[2] ?? 5060);
  if (!found?.[1] || port < 1 || port > 65535)
    throw new Error(`"${text}" is not an address: expected host or host:port, for example 127.0.0.1:5060`);
  return { host: found[1], port };
}

/**
 * A UDP socket connected to one peer. The kernel then drops packets from others and reports a closed
 * port at once; without that, the caller would wait 32 s for timer B.
 */
export class SipSocket {
  readonly #socket: Socket;
  #closing = false;
  readonly local: Endpoint;

  private constructor(socket: Socket) {
    this.#socket = socket;
    const { address, port } = socket.address();
    this.local = { host: address, port };
  }

  /** Binds to a free port of a local address. Rejects when this machine does not have the address. */
  static async open(localAddress: string, target: Endpoint): Promise<SipSocket> {
    const socket = createSocket('udp4');
    try {
      socket.bind(0, localAddress);
      await once(socket, 'listening');
      socket.connect(target.port, target.host);
      await once(socket, 'connect');
      return new SipSocket(socket);
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Drops packets that are not SIP messages, such as keep-alives. A closed port is reported to `onError`. */
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

  /** Sends without waiting. A closed port is reported to `onError`. Does nothing after `close`. */
  send(message: SipRequest | SipResponse): void {
    if (this.#closing) return;
    this.#socket.send(formatSipMessage(message), (error) => {
      if (error && !this.#closing) this.#socket.emit('error', error);
    });
  }

  /** Closes after everything passed to `send` has gone out. Safe to call twice. */
  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    setImmediate(() => this.#socket.close());
  }
}
