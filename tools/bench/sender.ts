/** The RTP of all phones of the load: one socket and one timer, one packet a phone every 20 ms. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { planKeySlots, type KeySlot } from '../../src/sip-caller/key-script.ts';
import { packetMs, packetSamples } from '../../src/sip-caller/packet-length.ts';
import { formatRtpPacket } from '../../src/sip-caller/rtp-packet.ts';
import type { RemoteMedia } from '../../src/sip-caller/sdp.ts';
import { script } from './script.ts';

const payloadType = 8;
/** A-law for a zero sample. */
const silence = Buffer.alloc(packetSamples, 0xd5);
/** Seldom enough to cost little, often enough that a packet is late by less than the network's own jitter. */
const tickMs = 5;
/** A timer may be this late without delaying what follows. */
const catchUpMs = 20;
const quietSlots = (ms: number) =>
  Array.from({ length: ms / packetMs }, (): KeySlot => ({
    key: '',
    events: [],
    marker: false,
    slotsIntoKey: 0,
  }));

/** What a phone sends, packet by packet, until it hangs up; silence after the last. */
export function planSlots(code: string): KeySlot[] {
  const { menuKeyAtMs, codeAtMs, toneMs, gapMs } = script;
  const menuKey = planKeySlots('8', { toneMs, gapMs });
  return [
    ...quietSlots(menuKeyAtMs),
    ...menuKey,
    ...quietSlots(codeAtMs - menuKeyAtMs - menuKey.length * packetMs),
    ...planKeySlots(code, { toneMs, gapMs }),
  ];
}

/** One phone's stream. */
interface Stream {
  readonly remote: RemoteMedia;
  readonly slots: readonly KeySlot[];
  /** The packet of silence, with the numbers of the last one sent. */
  readonly packet: Buffer;
  readonly ssrc: number;
  sent: number;
}

export class Sender {
  readonly #socket: Socket;
  /** By the millisecond of the 20 at which they send. */
  readonly #due: readonly Set<Stream>[] = Array.from({ length: packetMs }, () => new Set<Stream>());
  readonly #startedAt = performance.now();
  #ticks = 0;
  #streams = 0;
  /** The most that a packet was sent too late, ms. */
  latestMs = 0;
  strayPackets = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('message', () => this.strayPackets++);
    setInterval(() => this.#tick(), tickMs).unref();
  }

  /** Opens the one port of all phones. */
  static async open(address: string): Promise<Sender> {
    // Every address here is a number: the resolver would cost as much as the sending.
    const lookup = (
      host: string,
      _: unknown,
      found: (error: null, address: string, family: number) => void,
    ) => found(null, host, 4);
    const socket = createSocket({ type: 'udp4', reuseAddr: true, lookup: lookup });
    socket.bind(0, address); // at once, without a resolver
    const { port } = socket.address();
    const ear = new Worker(new URL('ear.ts', import.meta.url), { workerData: { address, port } });
    await once(ear, 'message');
    ear.unref();
    return new Sender(socket);
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Sends what a caller with this code sends. Returns the function that ends it. */
  start(remote: RemoteMedia, code: string): () => void {
    const ssrc = ++this.#streams;
    const packet = formatRtpPacket({
      marker: false,
      payloadType,
      sequence: 0,
      timestamp: 0,
      ssrc,
      payload: silence,
    });
    const stream: Stream = { remote, slots: planSlots(code), packet, ssrc, sent: 0 };
    const due = this.#due[this.#ticks % packetMs]!;
    due.add(stream);
    return () => void due.delete(stream);
  }

  /** Sends all that has become due since the last time. */
  #tick(): void {
    const now = Math.floor(performance.now() - this.#startedAt);
    const lateMs = now - this.#ticks;
    this.latestMs = Math.max(this.latestMs, lateMs);
    // Catching up would press keys faster than a hand does: what comes later is later for all.
    if (lateMs > catchUpMs) this.#ticks = now - tickMs;
    for (; this.#ticks < now; this.#ticks++)
      for (const stream of this.#due[(this.#ticks + 1) % packetMs]!) this.#send(stream, stream.sent++);
  }

  #send(
    { remote: { address, port, telephoneEvent = 101 }, slots, packet, ssrc }: Stream,
    slot: number,
  ): void {
    const timestamp = slot * packetSamples;
    const { events, marker, slotsIntoKey } = slots[slot] ?? { events: [], marker: false, slotsIntoKey: 0 };
    let sequence = packet.readUInt16BE(2);
    if (events.length === 0) {
      packet.writeUInt16BE((sequence + 1) & 0xffff, 2);
      packet.writeUInt32BE(timestamp, 4);
      this.#socket.send(packet, port, address);
      return;
    }
    for (const payload of events) {
      sequence = (sequence + 1) & 0xffff;
      const keyDownAt = timestamp - slotsIntoKey * packetSamples;
      this.#socket.send(
        formatRtpPacket({
          marker,
          payloadType: telephoneEvent,
          sequence,
          timestamp: keyDownAt,
          ssrc,
          payload,
        }),
        port,
        address,
      );
    }
    packet.writeUInt16BE(sequence, 2);
  }
}
