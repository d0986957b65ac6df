/** SIP over TCP and TLS: messages follow one another, each as long as its Content-Length says (RFC 3261, 18.3). */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectSecurely } from 'node:tls';
import {
  formatSipMessage,
  headerValue,
  parseSipMessage,
  type SipRequest,
  type SipResponse,
} from './sip-message.ts';
import type { Endpoint, SipSocket } from './sip-socket.ts';

const endOfHead = '\r\n\r\n';

/** Cuts a stream of bytes into messages. */
export class SipStream {
  #rest = Buffer.alloc(0);

  /** Takes the next bytes and returns the messages they complete. Throws when they are no SIP. */
  take(bytes: Buffer): (SipRequest | SipResponse)[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: (SipRequest | SipResponse)[] = [];
    for (let next = this.#next(); next !== undefined; next = this.#next()) messages.push(next);
    return messages;
  }

  #next(): SipRequest | SipResponse | undefined {
    const start = this.#rest.findIndex((byte) => byte !== 0x0d && byte !== 0x0a); // keep-alives (RFC 5626, 3.5.1)
    this.#rest = start < 0 ? Buffer.alloc(0) : this.#rest.subarray(start);
    const headEnd = this.#rest.indexOf(endOfHead);
    if (headEnd < 0) return undefined;
    const bodyAt = headEnd + endOfHead.length;
    const { headers } = parseSipMessage(this.#rest.toString('utf8', 0, bodyAt));
    const end = bodyAt + Number(headerValue(headers, 'Content-Length') ?? 0);
    if (this.#rest.length < end) return undefined;
    const message = parseSipMessage(this.#rest.toString('utf8', 0, end));
    this.#rest = this.#rest.subarray(end);
    return message;
  }
}

/** A TCP or TLS connection to one peer. */
export class TcpSocket implements SipSocket {
  readonly transport: 'tcp' | 'tls';
  readonly #socket: Socket;
  #closing = false;
  readonly local: Endpoint;

  private constructor(socket: Socket, transport: 'tcp' | 'tls') {
    this.#socket = socket;
    this.transport = transport;
    this.local = { host: socket.localAddress ?? '', port: socket.localPort ?? 0 };
  }

  /** Connects from a free port of a local address. Rejects when the target does not accept. */
  static async open(localAddress: string, target: Endpoint): Promise<TcpSocket> {
    const socket = connect({ ...target, localAddress, noDelay: true });
    await once(socket, 'connect'); // rejects on 'error'
    return new TcpSocket(socket, 'tcp');
  }

  /**
   * As {@link open}, over TLS 1.2 or later.
   *
   * @param authority PEM of the authority that the target's certificate must come from
   */
  static async openSecurely(localAddress: string, target: Endpoint, authority: string): Promise<TcpSocket> {
    const plain = connect({ ...target, localAddress, noDelay: true });
    const socket = connectSecurely({
      socket: plain,
      host: target.host,
      ca: authority,
      minVersion: 'TLSv1.2',
      rejectUnauthorized: true, // whatever NODE_TLS_REJECT_UNAUTHORIZED says
    });
    await once(socket, 'secureConnect');
    return new TcpSocket(socket, 'tls');
  }

  listen(onMessage: (message: SipRequest | SipResponse) => void, onError: (error: Error) => void): void {
    const stream = new SipStream();
    this.#socket.on('error', onError);
    this.#socket.on('close', () => {
      if (!this.#closing) onError(new Error('the PBX has closed the connection'));
    });
    this.#socket.on('data', (bytes) => {
      try {
        for (const message of stream.take(bytes)) onMessage(message);
      } catch (error) {
        this.#socket.destroy(error as Error);
      }
    });
  }

  send(message: SipRequest | SipResponse): void {
    if (!this.#closing) this.#socket.write(formatSipMessage(message));
  }

  close(): void {
    if (this.#closing) return;
    this.#closing = true;
    this.#socket.destroySoon();
  }
}
