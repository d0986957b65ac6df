/** The media of one call: an RTP socket, the keypad that sends on it and the recogniser that listens. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PromptRecogniser } from './prompt-recogniser.ts';
import type { KeyTiming } from './key-script.ts';
import { RtpReceiver } from './rtp-receiver.ts';
import { parseRtpPacket } from './rtp-packet.ts';
import { RtpSender } from './rtp-sender.ts';
import { SrtpStream } from './srtp.ts';
import { pcma, type Codec, type RemoteMedia } from './sdp.ts';

/** A recording counts as over after this long without a packet. */
const pauseMs = 500;

const samplesPerMs = 8;

/** How far apart packets were: 20 ms if none is missing. */
export interface PacketSpacing {
  /** By time of arrival, including any delay of a busy machine. */
  readonly arrivalMs: number;
  /**
   * By the sender's timestamps. Asterisk advances them by 20 ms a packet while it plays, and by one
   * larger step after a real pause (above about 100 ms).
   */
  readonly timestampMs: number;
}

/** How a phone speaks. */
export interface PhoneOptions {
  /** Default A-law. */
  readonly codec?: Codec;
  /** Sends no RTP but keys. */
  readonly isMute?: boolean;
  /** Speaks SRTP alone, under this key. */
  readonly masterKey?: Buffer;
}

/** The media of one call. */
export class Phone {
  readonly #socket: Socket;
  readonly #codec: Codec;
  readonly #isMute: boolean;
  readonly #masterKey: Buffer | undefined;
  #srtp: { readonly sent: SrtpStream; readonly received: SrtpStream } | undefined;
  #remote: RemoteMedia | undefined;
  #sender: RtpSender | undefined;
  /** Packets that arrive before the answer, kept for the recogniser. */
  #early: (readonly [Buffer, number])[] = [];
  #receiver: RtpReceiver | undefined;
  readonly #arrivals: { readonly atMs: number; readonly timestamp: number; readonly isHeld: boolean }[] = [];
  #isHeld = false;
  #isSending = true;
  readonly #audio: Buffer[] = [];
  #silence: NodeJS.Timeout | undefined;
  #hungUp = false;

  private constructor(socket: Socket, { codec = pcma, isMute = false, masterKey }: PhoneOptions) {
    this.#socket = socket;
    this.#codec = codec;
    this.#isMute = isMute;
    this.#masterKey = masterKey;
    socket.on('message', (bytes) => this.#receive(bytes, performance.now()));
  }

  /** Binds to a free UDP port. Rejects when the address is not this machine's. */
  static async open(localAddress: string, options: PhoneOptions = {}): Promise<Phone> {
    const socket = createSocket('udp4');
    socket.bind(0, localAddress);
    await once(socket, 'listening');
    return new Phone(socket, options);
  }

  /** The local port that receives RTP. */
  get port(): number {
    return this.#socket.address().port;
  }

  /**
   * Starts sending, and passes early and later packets to the recogniser.
   *
   * @throws Error when this phone speaks SRTP and the other side does not
   */
  pickUp(remote: RemoteMedia, recogniser: PromptRecogniser): void {
    if (this.#masterKey) {
      if (!remote.masterKey) throw new Error('the PBX answered without a key for SRTP');
      this.#srtp = { sent: new SrtpStream(this.#masterKey), received: new SrtpStream(remote.masterKey) };
    }
    this.#remote = remote;
    this.#receiver = new RtpReceiver((packet) => {
      if (packet.payloadType !== this.#codec) return;
      this.#audio.push(packet.payload);
      if (this.#codec === pcma) recogniser.hear(packet);
    });
    for (const [bytes, arrivedAtMs] of this.#early.splice(0)) this.#receive(bytes, arrivedAtMs);
    this.#silence = setTimeout(() => void this.#noteSilence(recogniser), pauseMs);
    this.#sender = new RtpSender(
      (packet) => this.#send(packet),
      remote.telephoneEvent,
      this.#codec,
      this.#isMute,
    );
    this.#sender.start();
  }

  /** Sends RTP to a new address from now on. */
  move(remote: RemoteMedia): void {
    this.#remote = remote;
  }

  /**
   * Takes no sound until {@link resume}: what arrives is counted, but not heard.
   *
   * @param keepsSending whether the phone goes on sending RTP, as music on hold or to keep a NAT open
   */
  hold(keepsSending: boolean): void {
    this.#isHeld = true;
    this.#isSending = keepsSending;
    this.#receiver?.flush();
  }

  /** Whether it sends sound and keys. */
  get isSending(): boolean {
    return this.#isSending;
  }

  /** Sends nothing until {@link resume}, but takes sound. */
  fallSilent(): void {
    this.#isSending = false;
  }

  /** Takes sound again, and sends. */
  resume(): void {
    this.#isHeld = false;
    this.#isSending = true;
  }

  /** The packets of sound that arrived since a time while the phone took sound, and while it was on hold. */
  packetsSince(fromMs: number): { heard: number; held: number } {
    const since = this.#arrivals.filter(({ atMs }) => atMs >= fromMs);
    const held = since.filter(({ isHeld }) => isHeld).length;
    return { heard: since.length - held, held };
  }

  /** Presses keys; resolves after the pause that follows the last. Rejects when a character is not a key. */
  async press(keys: string, timing?: KeyTiming): Promise<void> {
    await this.#sender?.press(keys, timing);
  }

  /** The packets of audio received so far, in order, in the call's codec. Lost ones are missing. */
  get audio(): readonly Buffer[] {
    return this.#audio;
  }

  /** The widest spacing between packets that arrived in a span of time; 0 for fewer than two packets. */
  packetSpacing(fromMs: number, toMs: number): PacketSpacing {
    const within = this.#arrivals.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
    let [arrivalMs, timestampMs] = [0, 0];
    for (const [index, { atMs, timestamp }] of within.entries()) {
      const previous = within[index - 1];
      if (!previous) continue;
      arrivalMs = Math.max(arrivalMs, atMs - previous.atMs);
      timestampMs = Math.max(timestampMs, ((timestamp - previous.timestamp) | 0) / samplesPerMs);
    }
    return { arrivalMs, timestampMs };
  }

  /** Resolves when every packet that has reached this machine has been processed. */
  async hearOut(): Promise<void> {
    let heard;
    do {
      // each turn of the event loop reads some packets; the current turn may be past its reading phase
      heard = this.#arrivals.length;
      await nextTurn();
      await nextTurn();
    } while (this.#arrivals.length > heard);
  }

  /** Stops sending and closes the socket. Safe to call twice. */
  hangUp(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    clearTimeout(this.#silence);
    this.#receiver?.flush();
    this.#sender?.stop();
    this.#socket.close();
  }

  #receive(bytes: Buffer, arrivedAtMs: number): void {
    if (!this.#receiver) {
      this.#early.push([bytes, arrivedAtMs]);
      return;
    }
    const plain = this.#srtp ? this.#srtp.received.unprotect(bytes) : bytes;
    const packet = plain && parseRtpPacket(plain);
    if (
      !packet ||
      (packet.payloadType !== this.#codec && packet.payloadType !== this.#remote?.telephoneEvent)
    )
      return;
    this.#arrivals.push({ atMs: arrivedAtMs, timestamp: packet.timestamp, isHeld: this.#isHeld });
    if (this.#isHeld) return;
    this.#receiver.receive(packet, arrivedAtMs);
    this.#silence?.refresh();
  }

  async #noteSilence(recogniser: PromptRecogniser): Promise<void> {
    await this.hearOut(); // after a stall of this process, packets may be waiting in the socket
    if (this.#hungUp || performance.now() - (this.#arrivals.at(-1)?.atMs ?? 0) < pauseMs) return;
    this.#receiver?.flush();
    recogniser.pause();
  }

  #send(packet: Buffer): void {
    if (this.#remote && this.#isSending && !this.#hungUp)
      this.#socket.send(
        this.#srtp?.sent.protect(packet) ?? packet,
        this.#remote.port,
        this.#remote.address,
        () => undefined,
      );
  }
}
