/** A minimal PBX on loopback UDP for the tests of the SIP caller; it does what the test tells it. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { formatRtpPacket } from '../../src/sip-caller/rtp-packet.ts';
import { offer } from '../../src/sip-caller/sdp.ts';
import {
  formatSipMessage,
  headerValue,
  isResponse,
  parseSipMessage,
  type SipHeaders,
  type SipRequest,
  type SipResponse,
} from '../../src/sip-caller/sip-message.ts';

async function openSocket(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

/** Handles each request with the given function and records everything it receives. */
export class FakePbx {
  readonly received: (SipRequest | SipResponse)[] = [];
  readonly rtpReceived: Buffer[] = [];
  readonly #sip: Socket;
  readonly #rtp: Socket;
  readonly #watchers = new Set<() => void>();
  #peer = { address: '', port: 0 };
  #sequence = 0;

  private constructor(sip: Socket, rtp: Socket, react: (request: SipRequest, pbx: FakePbx) => void) {
    this.#sip = sip;
    this.#rtp = rtp;
    sip.on('message', (bytes, { address, port }) => {
      this.#peer = { address, port };
      const message = parseSipMessage(bytes.toString('utf8'));
      this.received.push(message);
      if (!isResponse(message)) react(message, this);
      this.#changed();
    });
    rtp.on('message', (bytes) => {
      this.rtpReceived.push(bytes);
      this.#changed();
    });
  }

  static async listen(react: (request: SipRequest, pbx: FakePbx) => void): Promise<FakePbx> {
    return new FakePbx(await openSocket(), await openSocket(), react);
  }

  get target(): string {
    return `127.0.0.1:${this.#sip.address().port}`;
  }

  /** The methods of the received requests, in order. */
  get requests(): string[] {
    return this.received.flatMap((message) => (isResponse(message) ? [] : [message.method]));
  }

  reply(request: SipRequest, status: number, headers: SipHeaders = [], body = ''): void {
    const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(
      (name) =>
        [name, `${headerValue(request.headers, name) ?? ''}${name === 'To' ? ';tag=pbx' : ''}`] as const,
    );
    this.send({
      status,
      reason: 'Test',
      headers: [...copied, ['Contact', `<sip:${this.target}>`], ...headers],
      body,
    });
  }

  /** Picks up: 200 with the PBX's RTP address. */
  answer(request: SipRequest): void {
    this.reply(request, 200, [], offer('127.0.0.1', this.#rtp.address().port, 1));
  }

  /** Sends a request from the PBX within the call that `invite` started. */
  request(method: string, invite: SipRequest, body = ''): void {
    const value = (name: string): string => headerValue(invite.headers, name) ?? '';
    this.send({
      method,
      uri: 'sip:caller',
      body,
      headers: [
        ['Via', `SIP/2.0/UDP ${this.target};branch=z9hG4bK${method}`],
        ['From', `${value('To')};tag=pbx`],
        ['To', value('From')],
        ['Call-ID', value('Call-ID')],
        ['CSeq', `1 ${method}`],
      ],
    });
  }

  send(message: SipRequest | SipResponse): void {
    this.#sip.send(formatSipMessage(message), this.#peer.port, this.#peer.address);
  }

  /** Sends a whole recording at once to the RTP port named in an INVITE. */
  play(invite: SipRequest, recording: Buffer): void {
    const port = Number(/m=audio (\d+)/.exec(invite.body)?.[1]);
    for (let at = 0; at < recording.length; at += 160) {
      const sequence = this.#sequence++;
      const packet = {
        marker: false,
        payloadType: 8,
        sequence,
        timestamp: sequence * 160,
        ssrc: 7,
        payload: recording.subarray(at, at + 160),
      };
      this.#rtp.send(formatRtpPacket(packet), port, this.#peer.address);
    }
  }

  /** Resolves when `condition` holds for what has been received. */
  async until(condition: (pbx: FakePbx) => boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = () => {
      if (condition(this)) resolve();
    };
    this.#watchers.add(look);
    look();
    await promise;
    this.#watchers.delete(look);
  }

  close(): void {
    this.#sip.close();
    this.#rtp.close();
  }

  #changed(): void {
    for (const look of [...this.#watchers]) look();
  }
}
