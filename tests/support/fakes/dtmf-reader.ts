/**
 * Asterisk's way with keys on one channel, as it reads a queue of packets (22.10.1, main/channel.c, `__ast_read`), so
 * that the stalls of a busy machine can be tried by the thousand. tests/asterisk/ari/digit-queue holds it against what
 * the real one reported.
 */
import type { DtmfEvent } from '../../../src/asterisk/ari/ari-events.ts';

/** Keys as a phone sends them. Times are ms after the channel began to be read. */
export interface KeyedAhead {
  readonly keys: string;
  readonly toneMs: number;
  readonly pauseMs: number;
  /** When the first key goes down; negative: before anybody reads, as when Asterisk was held up. */
  readonly fromMs: number;
  /** From when on a file plays. */
  readonly playingFromMs: number;
  /** When the key before them, which chose the branch, was taken. */
  readonly chosenAtMs: number;
}

/** A key as it is reported, and whether a file was playing. */
export interface Report {
  readonly event: DtmfEvent;
  readonly isPlaying: boolean;
}

const pauseMs = 45;
const minKeyMs = 40;
const packetMs = 20;

type Packet = { readonly at: number } & (
  { readonly kind: 'begin' | 'audio' } | { readonly kind: 'end'; readonly digit: string }
);

/** The packets of the keys, and audio between and behind them. */
function packetsOf({ keys, toneMs, pauseMs: gapMs, fromMs }: KeyedAhead): Packet[] {
  const endMs = fromMs + keys.length * (toneMs + gapMs);
  const packets: Packet[] = Array.from(keys).flatMap((digit, index) => {
    const downAt = fromMs + index * (toneMs + gapMs);
    return [
      { at: downAt, kind: 'begin' },
      { at: downAt + toneMs - packetMs, kind: 'end', digit },
      ...audio(downAt + toneMs, downAt + toneMs + gapMs),
    ];
  });
  return [...packets, ...audio(endMs, endMs + 2000)];
}

function audio(fromMs: number, untilMs: number): Packet[] {
  return Array.from({ length: Math.ceil((untilMs - fromMs) / packetMs) }, (_, index) => ({
    at: fromMs + index * packetMs,
    kind: 'audio',
  }));
}

/** What Asterisk reports of these keys. */
export function reportsOf(ahead: KeyedAhead): Report[] {
  return new DtmfReader(ahead).read();
}

class DtmfReader {
  readonly #ahead: KeyedAhead;
  readonly #packets: Packet[];
  readonly #reports: Report[] = [];
  #now = 0;
  /** `ast_channel_dtmf_tv`: the last beginning or end that counts. */
  #markedAt: number;
  #isIn = false;
  /** How long the key that is being lengthened lasts; 0: it has ended; null: none. */
  #lengthMs: number | null = null;
  #tickAt = 0;
  #putBack: string[] = [];

  constructor(ahead: KeyedAhead) {
    this.#ahead = ahead;
    this.#packets = packetsOf(ahead);
    this.#markedAt = ahead.chosenAtMs;
  }

  read(): Report[] {
    while (this.#packets.length + this.#putBack.length > 0) this.#step();
    return this.#reports;
  }

  get #isPlaying(): boolean {
    return this.#now >= this.#ahead.playingFromMs;
  }

  get #isTooSoon(): boolean {
    return this.#now - this.#markedAt < pauseMs;
  }

  #step(): void {
    const next = this.#packets[0];
    if (this.#putBack.length > 0) {
      if (this.#lengthMs === null && !this.#isTooSoon) this.#end(this.#putBack.shift()!);
      else this.#pass(1); // it is woken again and again
    } else if (next!.at <= this.#now) this.#take(this.#packets.shift()!);
    else if (this.#lengthMs !== null && this.#tickAt < next!.at) {
      this.#now = Math.max(this.#now, this.#tickAt);
      this.#tickAt += packetMs;
      this.#pass(0);
    } else this.#now = next!.at;
  }

  #take(packet: Packet): void {
    if (packet.kind === 'begin') this.#begin();
    else if (packet.kind === 'end') this.#end(packet.digit);
    else this.#hear();
    this.#now += 0.3;
  }

  /** One packet of audio passes before the next key. */
  #hear(): void {
    if (this.#lengthMs === 0) this.#lengthMs = null;
    if (this.#isLongEnough) {
      this.#lengthMs = 0;
      this.#markedAt = this.#now;
    }
  }

  get #isLongEnough(): boolean {
    return this.#lengthMs !== null && this.#now - this.#markedAt >= this.#lengthMs;
  }

  #begin(): void {
    if (this.#isPlaying || this.#lengthMs !== null || this.#isTooSoon) return;
    this.#isIn = true;
    this.#markedAt = this.#now;
  }

  #end(digit: string): void {
    const { toneMs } = this.#ahead;
    const event = { type: 'ChannelDtmfReceived', digit, timestamp: this.#now, duration_ms: toneMs };
    this.#reports.push({ event: event as DtmfEvent, isPlaying: this.#isPlaying });
    if (this.#lengthMs !== null) this.#putBack.push(digit);
    else if (!this.#isIn && !this.#isPlaying)
      if (this.#isTooSoon) this.#putBack.push(digit);
      else this.#lengthen(Math.max(toneMs, minKeyMs), this.#now);
    else {
      const hadMs = this.#isIn ? Math.min(toneMs, this.#now - this.#markedAt) : toneMs;
      this.#isIn = false;
      if (hadMs < minKeyMs && !this.#isPlaying) this.#lengthen(minKeyMs - hadMs, this.#markedAt);
      else this.#markedAt = this.#now;
    }
  }

  #lengthen(ms: number, from: number): void {
    this.#lengthMs = ms;
    this.#markedAt = from;
    this.#tickAt = this.#now + packetMs;
  }

  /** Time passes without a packet. */
  #pass(ms: number): void {
    if (this.#lengthMs === 0) this.#lengthMs = null;
    if (this.#isLongEnough) {
      this.#lengthMs = null;
      this.#markedAt = this.#now;
    }
    this.#now += ms;
  }
}
