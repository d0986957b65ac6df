/** Carries out one attack, and hangs up every call that comes of it. */
import { Dice } from '../../src/simulation/dice.ts';
import { RtpSender } from '../../src/sip-caller/rtp-sender.ts';
import { parseAnswer } from '../../src/sip-caller/sdp.ts';
import {
  headerValue,
  headerValues,
  isResponse,
  parseCSeq,
  uriOf,
  type SipRequest,
  type SipResponse,
} from '../../src/sip-caller/sip-message.ts';
import { byeOf, drawAttack, originOf, type Answered, type Attack, type Step, type Target } from './attack.ts';
import type { Own } from './message.ts';
import { openUdp, openWire, type Wire } from './wire.ts';

/** How long to wait for a first answer, and for the final one after a provisional one, ms. */
const patience = { first: 250, final: 3000 };

/** What came of an attack. */
export interface Result {
  readonly tried: readonly string[];
  /** The status of the final answer to the INVITE; null: it was not answered. */
  readonly status: number | null;
  readonly invite: Buffer;
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** Attack number `number` of a seed. */
export async function attack(seed: string, number: number, target: Target): Promise<Result> {
  const dice = new Dice(`${seed}-${number}`);
  const attacker = await Attacker.open(originOf(dice));
  try {
    return await attacker.carryOut(drawAttack(dice, attacker.own, target));
  } finally {
    attacker.close();
  }
}

class Attacker {
  readonly own: Own;
  readonly #rtp: Awaited<ReturnType<typeof openUdp>>;
  readonly #wire: Wire;
  #attack: Attack | undefined;
  #status: number | null = null;
  #isProvisional = false;
  #heard = Promise.withResolvers<void>();
  readonly #calls = new Map<string, Answered>();
  readonly #ended = new Set<string>();
  #media: { port: number; address: string } | undefined;

  private constructor(own: Omit<Own, 'sipPort'>, rtp: Awaited<ReturnType<typeof openUdp>>, wire: Wire) {
    this.own = { ...own, sipPort: wire.port };
    this.#rtp = rtp;
    this.#wire = wire;
  }

  static async open(origin: Pick<Own, 'transport' | 'host'>): Promise<Attacker> {
    const rtp = await openUdp(origin.host);
    const opened: { attacker?: Attacker } = {};
    const wire = await openWire(origin.transport, origin.host, (message) =>
      opened.attacker?.receive(message),
    );
    return (opened.attacker = new Attacker({ ...origin, rtpPort: rtp.address().port }, rtp, wire));
  }

  async carryOut(attack: Attack): Promise<Result> {
    this.#attack = attack;
    this.#wire.send(attack.invite);
    for (const message of attack.early) this.#wire.send(message);
    await this.#whenAnswered();
    const [call] = this.#calls.values();
    if (call) await this.#talk(call, attack.steps);
    await this.#hangUp();
    return { tried: attack.tried, status: this.#status, invite: attack.invite };
  }

  close(): void {
    this.#wire.close();
    this.#rtp.close();
  }

  receive(message: SipRequest | SipResponse): void {
    if (!isResponse(message)) return this.#receiveRequest(message);
    const { number, method } = parseCSeq(message.headers);
    const callId = headerValue(message.headers, 'Call-ID') ?? '';
    if (method === 'BYE') this.#ended.add(callId);
    if (method !== 'INVITE') return;
    this.#isProvisional = true;
    if (message.status < 200) return;
    this.#status ??= message.status;
    if (message.status < 300) this.#establish(message, callId, number);
    this.#heard.resolve();
  }

  #establish({ headers, body }: SipResponse, callId: string, cseq: number): void {
    const [from = '', to = '', contact = ''] = ['From', 'To', 'Contact'].map((name) =>
      headerValue(headers, name),
    );
    const call = { from, to, callId, target: uriOf(contact) };
    this.#calls.set(callId, call);
    const ack = this.#attack?.acknowledge;
    if (ack) this.#wire.send(ack(call, cseq));
    try {
      this.#media ??= parseAnswer(body);
    } catch {
      // answered with media that nobody asked for
    }
  }

  #receiveRequest(request: SipRequest): void {
    if (request.method === 'BYE') this.#ended.add(headerValue(request.headers, 'Call-ID') ?? '');
    if (!this.#attack?.answersRequests || request.method === 'ACK') return;
    const copied = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].flatMap((name) =>
      headerValues(request.headers, name).map((value) => `${name}: ${value}`),
    );
    this.#wire.send(
      Buffer.from(['SIP/2.0 200 OK', ...copied, 'Content-Length: 0', '', ''].join('\r\n'), 'latin1'),
    );
  }

  async #whenAnswered(): Promise<void> {
    await Promise.race([this.#heard.promise, pause(patience.first)]);
    if (this.#isProvisional) await Promise.race([this.#heard.promise, pause(patience.final)]);
  }

  async #talk(call: Answered, steps: readonly Step[]): Promise<void> {
    const media = this.#media;
    const send = (packet: Buffer, port = media?.port) => {
      if (media && port) this.#rtp.send(packet, port, media.address, () => undefined);
    };
    const sender = new RtpSender((packet) => send(packet), 101);
    sender.start();
    try {
      for (const step of steps) {
        if (this.#ended.has(call.callId)) return;
        if (step.kind === 'keys') await sender.press(step.keys);
        else if (step.kind === 'request') this.#wire.send(step.build(call));
        else if (step.kind === 'pause') await pause(step.ms);
        else
          for (const packet of step.packets)
            send(packet, (media?.port ?? 0) + (step.kind === 'rtcp' ? 1 : 0));
        await pause(5);
      }
    } finally {
      sender.stop();
    }
  }

  /** Over a connection of its own, since the PBX may have closed the other. */
  async #hangUp(): Promise<void> {
    const calls = [...this.#calls.values()].filter(({ callId }) => !this.#ended.has(callId));
    if (calls.length === 0) return;
    const { host } = this.own;
    const wire = await openWire('udp', host, (message) => this.receive(message));
    for (let attempt = 0; attempt < 10; attempt++) {
      const left = calls.filter(({ callId }) => !this.#ended.has(callId));
      if (left.length === 0) break;
      if (attempt % 3 === 0)
        for (const call of left)
          wire.send(byeOf(call, { ...this.own, transport: 'udp', sipPort: wire.port }));
      await pause(30);
    }
    wire.close();
  }
}
