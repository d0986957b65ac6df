/** Reads what tcpdump wrote (pcap-savefile(5)): RTP packets with the time at which the kernel saw them. */
import { createReadStream } from 'node:fs';

/** An RTP packet of a capture. Its payload is valid until the next one is read. */
export interface CapturedPacket {
  /** Since 1970. */
  readonly atMs: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly rtp: Buffer;
}

const fileHeaderBytes = 24;
const recordHeaderBytes = 16;
const microseconds = 0xa1b2c3d4;
/** Ethernet, which Linux puts before a packet on loopback too. */
const linkHeaderBytes = 14;
const udpHeaderBytes = 8;

/** @throws Error if it is no capture of this machine's tcpdump */
export async function* readCapture(file: string): AsyncGenerator<CapturedPacket> {
  let rest: Buffer = Buffer.alloc(0);
  let isBegun = false;
  for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let at = 0;
    if (!isBegun) {
      if (rest.length < fileHeaderBytes) continue;
      if (rest.readUInt32LE(0) !== microseconds) throw new Error(`${file} is no capture with times in µs`);
      [at, isBegun] = [fileHeaderBytes, true];
    }
    while (at + recordHeaderBytes <= rest.length) {
      const length = rest.readUInt32LE(at + 8);
      const end = at + recordHeaderBytes + length;
      if (end > rest.length) break;
      const atMs = rest.readUInt32LE(at) * 1000 + rest.readUInt32LE(at + 4) / 1000;
      yield readUdp(rest.subarray(at + recordHeaderBytes, end), atMs);
      at = end;
    }
    rest = rest.subarray(at);
  }
}

function readUdp(frame: Buffer, atMs: number): CapturedPacket {
  const ipHeaderBytes = (frame[linkHeaderBytes]! & 0x0f) * 4;
  const udp = linkHeaderBytes + ipHeaderBytes;
  return {
    atMs,
    sourcePort: frame.readUInt16BE(udp),
    destinationPort: frame.readUInt16BE(udp + 2),
    rtp: frame.subarray(udp + udpHeaderBytes),
  };
}
