/** What each call of a turn received and keyed, from the capture. */
import { parseRtpPacket } from '../../src/sip-caller/rtp-packet.ts';
import { readCapture } from './pcap.ts';
import { recognise, type Heard } from './recognise.ts';
import type { Recordings } from './recordings.ts';
import type { PlacedCall } from './script.ts';

/** One call, from its packets alone. Times are ms since 1970. */
export interface CallHeard {
  readonly heard: readonly Heard[];
  /** When each packet of sound arrived. */
  readonly arrivedAtMs: readonly number[];
  /** When each key went up: the first packet that says so. */
  readonly keyUpAtMs: readonly number[];
}

interface Line {
  readonly placed: PlacedCall;
  readonly arrivedAtMs: number[];
  readonly frames: number[];
  readonly keyUpAtMs: number[];
  lastKeyDown: number | undefined;
}

/** @returns in the order of `calls` */
export async function listen(
  file: string,
  calls: readonly PlacedCall[],
  recordings: Recordings,
): Promise<CallHeard[]> {
  const lines = calls.map((placed): Line => ({
    placed,
    arrivedAtMs: [],
    frames: [],
    keyUpAtMs: [],
    lastKeyDown: undefined,
  }));
  const byPort = Map.groupBy(lines, ({ placed }) => placed.port);
  // Asterisk gives a port to one call after another.
  const lineAt = (port: number, atMs: number) =>
    byPort.get(port)?.find(({ placed }) => placed.invitedAtMs <= atMs && atMs <= placed.endedAtMs);
  for await (const { atMs, sourcePort, destinationPort, rtp } of readCapture(file)) {
    const packet = parseRtpPacket(rtp);
    if (packet === undefined) continue;
    const isKey = packet.payloadType === 101;
    const line = lineAt(isKey ? destinationPort : sourcePort, atMs);
    if (line === undefined) continue;
    if (!isKey) {
      line.arrivedAtMs.push(atMs);
      line.frames.push(recordings.numberOf(packet.payload));
    } else if (packet.payload[1]! >= 0x80 && packet.timestamp !== line.lastKeyDown) {
      line.keyUpAtMs.push(atMs);
      line.lastKeyDown = packet.timestamp; // the end is sent three times
    }
  }
  return lines.map(({ arrivedAtMs, frames, keyUpAtMs }) => ({
    heard: recognise(frames, recordings),
    arrivedAtMs,
    keyUpAtMs,
  }));
}
