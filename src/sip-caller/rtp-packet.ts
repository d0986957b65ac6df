/** RTP packets and the telephone events in them (RFC 3550, 5.1; RFC 4733, 2.3). */

/** One RTP packet. */
export interface RtpPacket {
  readonly marker: boolean;
  readonly payloadType: number;
  /** 16 bits; wraps. */
  readonly sequence: number;
  /** 32 bits; wraps. Advances by 8 a millisecond here. */
  readonly timestamp: number;
  readonly ssrc: number;
  readonly payload: Buffer;
}

const headerBytes = 12;

/** Encodes a packet for the wire: version 2, without padding, extension or contributing sources. */
export function formatRtpPacket(packet: RtpPacket): Buffer {
  const header = Buffer.alloc(headerBytes);
  header[0] = 0x80;
  header[1] = (packet.marker ? 0x80 : 0) | packet.payloadType;
  header.writeUInt16BE(packet.sequence & 0xffff, 2);
  header.writeUInt32BE(packet.timestamp >>> 0, 4);
  header.writeUInt32BE(packet.ssrc >>> 0, 8);
  return Buffer.concat([header, packet.payload]);
}

/** Decodes a packet. Returns undefined when it is not RTP (STUN, for example) or is truncated. */
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

/** The keys in the order of their event codes (RFC 4733, 3.2). */
const keys = '0123456789*#';

/** Power level of the tone, −10 dBm0, as handsets send it. */
const volume = 10;

/**
 * Encodes the telephone-event payload for one key.
 *
 * @param durationSamples how long the key has been down, in samples (8 a millisecond)
 * @throws Error when `key` is not one of 0–9, * and #
 */
export function formatTelephoneEvent(key: string, durationSamples: number, end: boolean): Buffer {
  const event = key.length === 1 ? keys.indexOf(key) : -1;
  if (event < 0) throw new Error('a telephone can send only the keys 0-9, * and #');
  return Buffer.from([event, (end ? 0x80 : 0) | volume, durationSamples >> 8, durationSamples & 0xff]);
}
