/** A SIP message as Asterisk's res_hep_pjsip reports it: HEP version 3 (res/res_hep.c). */

/** A SIP message on its way. */
export interface CapturedMessage {
  /** `203.0.113.9:5060` */
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

/** Chunk types of vendor 0. */
const chunk = {
  fromIpv4: 3,
  toIpv4: 4,
  fromIpv6: 5,
  toIpv6: 6,
  fromPort: 7,
  toPort: 8,
  payload: 15,
} as const;
const headBytes = 6;

/** Null when it is not HEP, is cut off, or lacks an address. */
export function parseHepPacket(bytes: Buffer): CapturedMessage | null {
  if (bytes.toString('latin1', 0, 4) !== 'HEP3') return null;
  const chunks = new Map<number, Buffer>();
  for (let at = headBytes; at + headBytes <= bytes.length;) {
    const length = bytes.readUInt16BE(at + 4);
    if (length < headBytes || at + length > bytes.length) return null;
    if (bytes.readUInt16BE(at) === 0)
      chunks.set(bytes.readUInt16BE(at + 2), bytes.subarray(at + headBytes, at + length));
    at += length;
  }
  const from = addressOf(chunks.get(chunk.fromIpv4), chunks.get(chunk.fromIpv6), chunks.get(chunk.fromPort));
  const to = addressOf(chunks.get(chunk.toIpv4), chunks.get(chunk.toIpv6), chunks.get(chunk.toPort));
  const payload = chunks.get(chunk.payload);
  if (from === null || to === null || payload === undefined) return null;
  return { from, to, text: payload.toString('latin1') };
}

function addressOf(ipv4?: Buffer, ipv6?: Buffer, port?: Buffer): string | null {
  if (port?.length !== 2) return null;
  if (ipv4?.length === 4) return `${ipv4.join('.')}:${port.readUInt16BE()}`;
  if (ipv6?.length !== 16) return null;
  const groups = Array.from({ length: 8 }, (_, at) => ipv6.readUInt16BE(at * 2).toString(16));
  return `[${groups.join(':')}]:${port.readUInt16BE()}`;
}
