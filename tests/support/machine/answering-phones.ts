/** Telephones that can be called: in the tests, the registered numbers of call-backs ring here. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import pTimeout from 'p-timeout';
import { startScriptedCall } from '../../../src/sip-caller/caller.ts';
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
import { parseEndpoint } from '../../../src/sip-caller/sip-socket.ts';
import { loadSounds, type IndexedSound } from '../../../src/sip-caller/sound-index.ts';

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

  /** Answers the call. */
  async answer(): Promise<ScriptedCall> {
    const phone = await Phone.open(this.#localAddress);
    return startScriptedCall(this.leg, phone, this.#sounds, this.leg.answer(phone.port));
  }
}

/** A SIP address at which every number can be reached. */
export class AnsweringPhones {
  readonly #socket: Socket;
  readonly #sounds: readonly IndexedSound[];
  readonly #legs = new Map<string, IncomingLeg>();
  readonly #rung: RingingPhone[] = [];
  readonly #waiting = new Set<() => void>();

  private constructor(socket: Socket, sounds: readonly IndexedSound[]) {
    this.#socket = socket;
    this.#sounds = sounds;
    socket.on('message', (bytes, { address, port }) => {
      try {
        this.#receive(parseSipMessage(bytes.toString('utf8')), address, port);
      } catch {
        // a keep-alive or another packet that is not SIP
      }
    });
  }

  /** Listens at an address such as `127.0.0.4:5060`. Rejects when the address is in use. */
  static async open(at: string, soundsDirectory: string): Promise<AnsweringPhones> {
    const { host, port } = parseEndpoint(at);
    const socket = createSocket('udp4');
    socket.bind(port, host);
    await once(socket, 'listening');
    return new AnsweringPhones(socket, await loadSounds(soundsDirectory));
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
    this.#socket.close();
  }

  #receive(message: SipRequest | SipResponse, address: string, port: number): void {
    const callId = headerValue(message.headers, 'Call-ID') ?? '';
    const leg = this.#legs.get(callId);
    if (leg) {
      leg.receive(message);
      return;
    }
    if (isResponse(message) || message.method !== 'INVITE') return;
    const { address: host, port: localPort } = this.#socket.address();
    const send = (reply: SipRequest | SipResponse) =>
      this.#socket.send(formatSipMessage(reply), port, address, () => undefined);
    const incoming = new IncomingLeg(message, { local: { host, port: localPort }, send });
    this.#legs.set(callId, incoming);
    this.#rung.push(new RingingPhone(incoming, this.#sounds, host));
    for (const look of [...this.#waiting]) look();
  }
}
