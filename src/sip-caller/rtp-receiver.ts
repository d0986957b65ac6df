/** Puts received packets in order and counts lost ones. */
import type { RtpPacket } from './rtp-packet.ts';

/** A packet in its place in the stream. */
export interface HeardPacket {
  readonly payloadType: number;
  readonly payload: Buffer;
  /** When it arrived, on the clock of the code that passed it in. */
  readonly arrivedAtMs: number;
  /** Number of packets missing directly before this one; 0 for the first of a stream. */
  readonly lost: number;
  readonly timestamp: number;
  /** True for the first packet of a stream: earlier ones are unknown. */
  readonly first: boolean;
}

/** A missing packet counts as lost once more than this many later ones have arrived. */
const reorderLimit = 5;

interface Arrival {
  readonly packet: RtpPacket;
  readonly arrivedAtMs: number;
}

/** Delivers each packet of a stream once and in order. A new SSRC starts a new stream. */
export class RtpReceiver {
  readonly #deliver: (packet: HeardPacket) => void;
  #ssrc: number | undefined;
  #next = 0;
  #first = true;
  readonly #early = new Map<number, Arrival>();

  constructor(deliver: (packet: HeardPacket) => void) {
    this.#deliver = deliver;
  }

  /** Takes a packet as it arrived. Duplicates and late packets are dropped. */
  receive(packet: RtpPacket, arrivedAtMs: number): void {
    if (packet.ssrc !== this.#ssrc) this.#begin(packet);
    const ahead = (packet.sequence - this.#next) & 0xffff;
    if (ahead >= 0x8000) return;
    this.#early.set(packet.sequence, { packet, arrivedAtMs });
    this.#drain();
    while (this.#early.size > reorderLimit) this.#skip();
  }

  /** Delivers the packets that still wait for a missing one, for example after a pause. */
  flush(): void {
    while (this.#early.size > 0) this.#skip();
  }

  #begin(packet: RtpPacket): void {
    this.flush();
    this.#ssrc = packet.ssrc;
    this.#next = packet.sequence;
    this.#first = true;
  }

  #drain(lostBefore = 0): void {
    let lost = lostBefore;
    for (let arrival = this.#early.get(this.#next); arrival; arrival = this.#early.get(this.#next)) {
      this.#early.delete(this.#next);
      this.#next = (this.#next + 1) & 0xffff;
      const {
        packet: { payloadType, payload, timestamp },
        arrivedAtMs,
      } = arrival;
      this.#deliver({ payloadType, payload, timestamp, arrivedAtMs, lost, first: this.#first });
      this.#first = false;
      lost = 0;
    }
  }

  #skip(): void {
    const lost = Math.min(...Array.from(this.#early.keys(), (sequence) => (sequence - this.#next) & 0xffff));
    this.#next = (this.#next + lost) & 0xffff;
    this.#drain(lost);
  }
}
