/** Plans the RTP packets of pressed keys, one slot for every 20 ms. */
import { packetMs, packetSamples } from './packet-length.ts';
import { formatTelephoneEvent } from './rtp-packet.ts';

/** The end of an event is sent three times, in case a packet is lost (RFC 4733, 2.5.1.4). */
const endPackets = 3;

/** How keys are pressed. Times are rounded up to whole packets of 20 ms. */
export interface KeyTiming {
  /** How long each key is held down. Default 100. */
  readonly toneMs?: number;
  /** The pause after each key. Default 100. */
  readonly gapMs?: number;
  /**
   * As long as this no event is sent in the middle of each key, but audio, as by a gateway that is busy.
   * Default 0.
   */
  readonly interruptedMs?: number;
}

/** What one 20-ms slot sends. */
export interface KeySlot {
  /** The key that is down; empty in a pause. */
  readonly key: string;
  /** Event payloads to send in place of audio: several at the end of a key. Empty: send audio. */
  readonly events: readonly Buffer[];
  /** True in the first packet of a key. */
  readonly marker: boolean;
  /** Slots since the key went down: every packet of an event carries the timestamp of its first slot. */
  readonly slotsIntoKey: number;
}

const slotsOf = (ms: number): number => Math.max(1, Math.ceil(ms / packetMs));

/** The first slots of a key, before an interruption. */
const slotsBefore = 2;

function pressKey(key: string, slots: number, interrupted: number): KeySlot[] {
  return Array.from({ length: slots + interrupted }, (_, slot) => {
    const end = slot === slots + interrupted - 1;
    if (slot >= slotsBefore && slot < slotsBefore + interrupted)
      return { key, events: [], marker: false, slotsIntoKey: slot };
    const payload = formatTelephoneEvent(key, (slot + 1) * packetSamples, end);
    return {
      key,
      events: Array.from({ length: end ? endPackets : 1 }, () => payload),
      marker: slot === 0,
      slotsIntoKey: slot,
    };
  });
}

/** Plans the slots for a sequence of keys. Throws when a character is not a key. */
export function planKeySlots(
  keys: string,
  { toneMs = 100, gapMs = 100, interruptedMs = 0 }: KeyTiming = {},
): KeySlot[] {
  const interrupted = Math.ceil(interruptedMs / packetMs);
  const pause = Array.from({ length: slotsOf(gapMs) }, (): KeySlot => ({
    key: '',
    events: [],
    marker: false,
    slotsIntoKey: 0,
  }));
  return Array.from(keys).flatMap((key) => [...pressKey(key, slotsOf(toneMs), interrupted), ...pause]);
}
