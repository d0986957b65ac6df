/** RTP packets and the telephone events in them (RFC 3550, 5.1; RFC 4733, 2.3). */

/** One RTP packet. */
export interface RtpPacket {
  readonly marker: boolean;
  readonly payloadType: number;
  /** 16 bits, wraps. */
  readonly sequence: number;
  /** 32 bits, wraps; 8 a millisecond here. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

const headerBytes = 12;

/** The packet as it goes on the wire: version 2, no padding, no extension, no sources. */
export function formatRtpPacket(packet: RtpPacket): Buffer {
  const header = Buffer.alloc(headerBytes);
  header[0] = 0x80;
  header[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  header.writeUInt16BE(packet.sequence & 0xffff, 2);
  header.writeUInt32BE(packet.timestamp >>> 0, 4);
  header.writeUInt32BE(packet.ssrc >>> 0, 8);
  return Buffer.concat([header, packet.payload]);
}

/** Reads a packet, or undefined when it is not RTP (RTCP, STUN, cut short). */
export function parseRtpPacket(bytes: Buffer): RtpPacket | undefined {
  const [first = 0, second = 0] = bytes;
  if (bytes.length < headerBytes || first >> 6 !== 2) return undefined;
  let start = headerBytes + (first & 0x0f) * 4;
  if (first & 0x10) {
    if (bytes.length < start + 4) return undefined;
    start += 4 + bytes.readUInt16BE(start + 2) * 4;
  }
  const padding = first & 0x20 ? (bytes.at(-1) ?? 0) : 0;
  if (start + padding > bytes.length) return undefined;
  return {
    marker: second >= 0x80,
    payloadType: second & 0x7f,
    sequence: bytes.readUInt16BE(2),
    timestamp: bytes.readUInt32BE(4),
    ssrc: bytes.readUInt32BE(8),
    payload: bytes.subarray(start, bytes.length - padding),
  };
}

/** Event codes of the keys (RFC 4733, 3.2): 0–9, then * and #. */
const keys = '0123456789*#';

/** Power of the tone, −10 dBm0, as handsets send it. */
const volume = 10;

/**
 * The payload that tells of one key.
 *
 * @param durationSamples how long the key has been down so far, 8 a millisecond
 * @throws Error when `key` is none of 0–9, * and #
 */
export function formatTelephoneEvent(key: string, durationSamples: number, end: boolean): Buffer {
  const event = key.length === 1 ? keys.indexOf(key) : -1;
  if (event < 0) throw new Error('a telephone has the keys 0-9, * and # only');
  return Buffer.from([event, (end ? 0x80 : 0) | volume, durationSamples >> 8, durationSamples & 0xff]);
}
