/** Sends a telephone's sound: silence without a break, and keys as events in its place. */
import { randomInt } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import { planKeySlots, packetMs, packetSamples, type KeySlot, type KeyTiming } from './key-script.ts';
import { formatRtpPacket } from './rtp-packet.ts';
import { pcma } from './sdp.ts';

/** Silence in A-law. */
const silence = Buffer.alloc(packetSamples, 0xd5);

/** A packet this late, ms, does not put off those that follow: timers are late by so much by themselves. */
const catchUpMs = 2;

interface Row {
  readonly slots: KeySlot[];
  readonly sent: () => void;
}

/** Sequence numbers and timestamps never break, whatever is sent. */
export class RtpSender {
  readonly #send: (packet: Buffer) => void;
  readonly #eventType: number;
  readonly #ssrc = randomInt(2 ** 32);
  #sequence = randomInt(2 ** 15);
  #timestamp = randomInt(2 ** 31);
  readonly #rows: Row[] = [];
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param eventType payload type the other side takes keys in */
  constructor(send: (packet: Buffer) => void, eventType: number) {
    this.#send = send;
    this.#eventType = eventType;
  }

  /** Begins to send, 50 packets a second. */
  start(): void {
    let dueAt = performance.now();
    const tick = () => {
      if (this.#stopped) return;
      this.sendSlot();
      // Each slot has its time, against drift. But a timer that came late puts off all that follow:
      // making up for it would press keys faster than the hand that is played.
      const now = performance.now();
      if (now - dueAt > catchUpMs) dueAt = now;
      dueAt += packetMs;
      this.#timer = setTimeout(tick, dueAt - now);
    };
    tick();
  }

  /** Stops sending; keys not yet sent never are, and their promises resolve. Safe to call twice. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
    for (const row of this.#rows.splice(0)) row.sent();
  }

  /**
   * Presses keys after those pressed before; resolves when the pause after the last one is over.
   * Rejects when one of them is none of 0–9, * and #.
   */
  async press(keys: string, timing?: KeyTiming): Promise<void> {
    const slots = planKeySlots(keys, timing);
    if (this.#stopped || slots.length === 0) return;
    await new Promise<void>((sent) => this.#rows.push({ slots, sent }));
  }

  /** Sends what is due in one 20-ms slot. `start` calls this in time; tests may call it directly. */
  sendSlot(): void {
    const row = this.#rows[0];
    const slot = row?.slots.shift();
    if (slot && slot.events.length > 0) this.#sendKey(slot);
    else this.#emit(pcma, this.#timestamp, false, silence);
    this.#timestamp += packetSamples;
    if (row?.slots.length === 0) {
      this.#rows.shift();
      row.sent();
    }
  }

  #sendKey(slot: KeySlot): void {
    const keyDownAt = this.#timestamp - slot.slotsIntoKey * packetSamples;
    for (const event of slot.events) this.#emit(this.#eventType, keyDownAt, slot.marker, event);
  }

  #emit(payloadType: number, timestamp: number, marker: boolean, payload: Buffer): void {
    const sequence = this.#sequence++;
    this.#send(formatRtpPacket({ marker, payloadType, sequence, timestamp, ssrc: this.#ssrc, payload }));
  }
}
