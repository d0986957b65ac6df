/**
 * Sends the media of a telephone: continuous silence, replaced while a key is down by telephone events,
 * or by the key's tone where the other side takes no events.
 */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { planKeySlots, type KeySlot, type KeyTiming } from './key-script.ts';
import { packetMs, packetSamples } from './packet-length.ts';
import { keyTone } from './key-tone.ts';
import { formatRtpPacket } from './rtp-packet.ts';
import { pcma, type Codec } from './sdp.ts';

/** The code of a zero sample in A-law, and of the smallest steps of both bands in G.722. */
const quiet = { 8: 0xd5, 9: 0xfa } as const satisfies Record<Codec, number>;

/** A packet may be this late without delaying the following ones: timers are always a little late. */
const catchUpMs = 2;

interface Row {
  readonly slots: KeySlot[];
  readonly sent: () => void;
}

/** Sends one packet every 20 ms. Sequence numbers and timestamps never jump. */
export class RtpSender {
  readonly #send: (packet: Buffer) => void;
  readonly #eventType: number | undefined;
  readonly #codec: Codec;
  readonly #silence: Buffer;
  /** Whether it sends nothing but keys. */
  readonly #isMute: boolean;
  readonly #ssrc = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 15);
  #timestamp = randomInt(2 ** 31);
  readonly #rows: Row[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /**
   * @param eventType the payload type in which the other side accepts keys; undefined: sends tones
   * @param isMute sends nothing but keys
   */
  constructor(
    send: (packet: Buffer) => void,
    eventType: number | undefined,
    codec: Codec = pcma,
    isMute = false,
  ) {
    this.#isMute = isMute;
    this.#send = send;
    this.#eventType = eventType;
    this.#codec = codec;
    this.#silence = Buffer.alloc(packetSamples, quiet[codec]);
  }

  /** Starts sending, 50 packets a second. */
  start(): void {
    let dueAt = performance.now();
    const tick = () => {
      if (this.#stopped) return;
      this.sendSlot();
      // Slots have fixed times so that they do not drift. But a late timer delays all later slots:
      // catching up would press keys faster than the simulated hand.
      const now = performance.now();
      if (now - dueAt > catchUpMs) dueAt = now;
      dueAt += packetMs;
      this.#timer = setTimeout(tick, dueAt - now);
    };
    tick();
  }

  /** Stops sending. Keys not sent by then are dropped and their promises resolve. Safe to call twice. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const row of this.#rows.splice(0)) row.sent();
  }

  /**
   * Queues keys behind earlier ones; resolves after the pause that follows the last.
   * Rejects when a character is not one of 0–9, * and #.
   */
  async press(keys: string, timing?: KeyTiming): Promise<void> {
    const slots = planKeySlots(keys, timing);
    if (this.#stopped || slots.length === 0) return;
    await new Promise<void>((sent) => this.#rows.push({ slots, sent }));
  }

  /** Sends the packets of one 20-ms slot. `start` calls this on time; tests may call it directly. */
  sendSlot(): void {
    const row = this.#rows[0];
    const slot = row?.slots.shift();
    if (slot && slot.events.length > 0) this.#sendKey(slot);
    else if (!this.#isMute) this.#emit(this.#codec, this.#timestamp, false, this.#silence);
    this.#timestamp += packetSamples;
    if (row?.slots.length === 0) {
      this.#rows.shift();
      row.sent();
    }
  }

  #sendKey(slot: KeySlot): void {
    if (this.#eventType === undefined)
      return this.#emit(pcma, this.#timestamp, slot.marker, keyTone(slot.key, slot.slotsIntoKey));
    const keyDownAt = this.#timestamp - slot.slotsIntoKey * packetSamples;
    for (const event of slot.events) this.#emit(this.#eventType, keyDownAt, slot.marker, event);
  }

  #emit(payloadType: number, timestamp: number, marker: boolean, payload: Buffer): void {
    const sequence = this.#sequence++;
    this.#send(formatRtpPacket({ marker, payloadType, sequence, timestamp, ssrc: this.#ssrc, payload }));
  }
}
