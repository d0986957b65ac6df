/** Telephones that can be called: in the tests, the registered numbers of call-backs ring here. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:tls';
import pTimeout from 'p-timeout';
import { startScriptedCall } from '../../../src/sip-caller/caller.ts';
import type { ServerCertificate } from './certificates.ts';
import { IncomingLeg } from './incoming-leg.ts';
import { Phone } from '../../../src/sip-caller/phone.ts';
import type { ScriptedCall } from '../../../src/sip-caller/scripted-call.ts';
import {
  formatSipMessage,
  headerValue,
  isResponse,
  parseSipMessage,
  type SipRequest,
  type SipResponse,
} from '../../../src/sip-caller/sip-message.ts';
import { parseEndpoint, type Endpoint, type SipTransport } from '../../../src/sip-caller/sip-socket.ts';
import type { IndexedSound } from '../../../src/sip-caller/indexed-sound.ts';
import { loadSounds } from '../../../src/sip-caller/sound-index.ts';
import { audioOf, pcma } from '../../../src/sip-caller/sdp.ts';
import { newMasterKey } from '../../../src/sip-caller/srtp.ts';
import { SipStream } from '../../../src/sip-caller/tcp-socket.ts';

const contextOf = ({ certificate, key }: ServerCertificate) => ({ cert: certificate, key });

type Send = (reply: SipRequest | SipResponse) => void;

/** A ringing phone. */
export class RingingPhone {
  readonly leg: IncomingLeg;
  readonly #sounds: readonly IndexedSound[];
  readonly #localAddress: string;

  constructor(leg: IncomingLeg, sounds: readonly IndexedSound[], localAddress: string) {
    this.leg = leg;
    this.#sounds = sounds;
    this.#localAddress = localAddress;
  }

  /** Answers the call, with plain RTP. */
  async answer(): Promise<ScriptedCall> {
    const phone = await Phone.open(this.#localAddress);
    return startScriptedCall(this.leg, phone, this.#sounds, this.leg.answer(phone.port));
  }

  /** Answers without telephone events: this phone's keys are tones in the audio. */
  async answerForTones(): Promise<ScriptedCall> {
    const phone = await Phone.open(this.#localAddress);
    const media = this.leg.answer(phone.port, (port) => [`m=audio ${port} RTP/AVP ${pcma}`]);
    return startScriptedCall(this.leg, phone, this.#sounds, { ...media, telephoneEvent: undefined });
  }

  /** Answers the call with SRTP. Rejects when it does not offer any. */
  async answerSecurely(): Promise<ScriptedCall> {
    const masterKey = newMasterKey();
    const phone = await Phone.open(this.#localAddress, { masterKey });
    return startScriptedCall(
      this.leg,
      phone,
      this.#sounds,
      this.leg.answer(phone.port, audioOf(pcma, masterKey)),
    );
  }
}

/** A SIP address at which every number can be reached. */
export class AnsweringPhones {
  readonly #local: Endpoint;
  readonly #transport: SipTransport;
  readonly #sounds: readonly IndexedSound[];
  readonly #legs = new Map<string, IncomingLeg>();
  readonly #rung: RingingPhone[] = [];
  readonly #waiting = new Set<() => void>();
  #stop: () => void = () => undefined;
  #present: (certificate: ServerCertificate) => void = () => undefined;

  private constructor(local: Endpoint, transport: SipTransport, sounds: readonly IndexedSound[]) {
    this.#local = local;
    this.#transport = transport;
    this.#sounds = sounds;
  }

  /** Listens over UDP at an address such as `127.0.0.4:5060`. Rejects when the address is in use. */
  static async open(at: string, soundsDirectory: string): Promise<AnsweringPhones> {
    const local = parseEndpoint(at);
    const phones = new AnsweringPhones(local, 'udp', await loadSounds(soundsDirectory));
    const socket = createSocket('udp4');
    socket.on('message', (bytes, { address, port }) => {
      try {
        phones.#receive(parseSipMessage(bytes.toString('utf8')), (reply) =>
          socket.send(formatSipMessage(reply), port, address, () => undefined),
        );
      } catch {
        // a keep-alive or another packet that is not SIP
      }
    });
    socket.bind(local.port, local.host);
    await once(socket, 'listening');
    phones.#stop = () => socket.close();
    return phones;
  }

  /** Listens over TLS. */
  static async openSecurely(
    at: string,
    soundsDirectory: string,
    certificate: ServerCertificate,
  ): Promise<AnsweringPhones> {
    const local = parseEndpoint(at);
    const phones = new AnsweringPhones(local, 'tls', await loadSounds(soundsDirectory));
    const connections = new Set<Socket>();
    const server = createServer(contextOf(certificate));
    phones.#present = (other) => server.setSecureContext(contextOf(other));
    server.on('secureConnection', (socket) => {
      connections.add(socket.on('error', () => undefined));
      const stream = new SipStream();
      const send: Send = (reply) => socket.write(formatSipMessage(reply));
      socket.on('data', (bytes: Buffer) => {
        for (const message of stream.take(bytes)) phones.#receive(message, send);
      });
    });
    server.on('tlsClientError', () => undefined); // the other side refuses our certificate
    server.listen(local.port, local.host);
    await once(server, 'listening');
    phones.#stop = () => {
      for (const socket of connections) socket.destroy();
      server.close();
    };
    return phones;
  }

  /** Shows another certificate to those who connect from now on. */
  present(certificate: ServerCertificate): void {
    this.#present(certificate);
  }

  /** Every number that has been called, in order, including repeated calls. */
  get called(): string[] {
    return this.#rung.map(({ leg }) => leg.number);
  }

  /** Waits for a call to a number that no earlier `rings` has returned. Rejects after `deadlineMs`. */
  async rings(number: string, deadlineMs = 90_000): Promise<RingingPhone> {
    const { promise, resolve } = Promise.withResolvers<RingingPhone>();
    const look = () => {
      const found = this.#rung.find((phone) => phone.leg.number === number && !this.#taken.has(phone));
      if (!found) return;
      this.#taken.add(found);
      resolve(found);
    };
    this.#waiting.add(look);
    look();
    try {
      return await pTimeout(promise, {
        milliseconds: deadlineMs,
        message: new Error(`the phone did not ring within ${deadlineMs} ms`),
      });
    } finally {
      this.#waiting.delete(look);
    }
  }

  readonly #taken = new Set<RingingPhone>();

  /** Switches all phones off: a call that is not over yet must not keep its RTP socket, and so the process. */
  close(): void {
    for (const { leg } of this.#rung) leg.switchOff();
    this.#stop();
  }

  #receive(message: SipRequest | SipResponse, send: Send): void {
    const callId = headerValue(message.headers, 'Call-ID') ?? '';
    const leg = this.#legs.get(callId);
    if (leg) {
      leg.receive(message);
      return;
    }
    if (isResponse(message) || message.method !== 'INVITE') return;
    const [local, transport] = [this.#local, this.#transport];
    const incoming = new IncomingLeg(message, { local, transport, send });
    this.#legs.set(callId, incoming);
    this.#rung.push(new RingingPhone(incoming, this.#sounds, local.host));
    for (const look of [...this.#waiting]) look();
  }
}
