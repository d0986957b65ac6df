/** Keys as packets: what is sent in each 20 ms while they are pressed. */
import { formatTelephoneEvent } from './rtp-packet.ts';

/** Length of an RTP packet of audio. */
export const packetMs = 20;
/** Samples of audio in a packet at 8 kHz, and so the step of the timestamp. */
export const packetSamples = 160;
/** The end of an event is said three times, since one packet may be lost (RFC 4733, 2.5.1.4). */
const endPackets = 3;

/** How keys are pressed. Both are rounded up to whole packets of 20 ms. */
export interface KeyTiming {
  /** How long each key is down, ms. Default 100. */
  readonly toneMs?: number;
  /** Pause after each key, ms. Default 100. */
  readonly gapMs?: number;
}

/** What one 20-ms slot sends instead of audio; several for the end of a key. */
export interface KeySlot {
  /** Event payloads; empty: send audio. */
  readonly events: readonly Buffer[];
  /** The first packet of a key. */
  readonly marker: boolean;
  /** Slots since this key went down: the timestamp stays that of the first one during an event. */
  readonly slotsIntoKey: number;
}

const slotsOf = (ms: number): number => Math.max(1, Math.ceil(ms / packetMs));

function pressKey(key: string, slots: number): KeySlot[] {
  return Array.from({ length: slots }, (_, slot) => {
    const end = slot === slots - 1;
    const payload = formatTelephoneEvent(key, (slot + 1) * packetSamples, end);
    return {
      events: Array.from({ length: end ? endPackets : 1 }, () => payload),
      marker: slot === 0,
      slotsIntoKey: slot,
    };
  });
}

/** The slots of a row of keys. Throws when one of them is no key. */
export function planKeySlots(keys: string, { toneMs = 100, gapMs = 100 }: KeyTiming = {}): KeySlot[] {
  const pause = Array.from({ length: slotsOf(gapMs) }, (): KeySlot => ({
    events: [],
    marker: false,
    slotsIntoKey: 0,
  }));
  return Array.from(keys).flatMap((key) => [...pressKey(key, slotsOf(toneMs)), ...pause]);
}
