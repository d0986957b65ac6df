/** SRTP with keys from the session description: AES_CM_128_HMAC_SHA1_80 (RFC 3711, RFC 4568). */
import { createCipheriv, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** The one suite that is offered and taken. */
const suite = 'AES_CM_128_HMAC_SHA1_80';
const keyBytes = 16;
const saltBytes = 14;
const tagBytes = 10;
/** What the derived keys are for (RFC 3711, 4.3.2). */
const label = { encryption: 0, authentication: 1, salt: 2 } as const;

/** A master key and salt of its own for each direction of a call. */
export function newMasterKey(): Buffer {
  return randomBytes(keyBytes + saltBytes);
}

/** The attribute of a media line that carries a master key. */
export function cryptoLine(masterKey: Buffer): string {
  return `a=crypto:1 ${suite} inline:${masterKey.toString('base64')}`;
}

/** The master key in a media description; undefined if it has none of our suite. */
export function masterKeyOf(media: string): Buffer | undefined {
  const inline = new RegExp(`^a=crypto:\\d+ ${suite} inline:([A-Za-z0-9+/]{40})`, 'm').exec(media)?.[1];
  return inline === undefined ? undefined : Buffer.from(inline, 'base64');
}

/** One direction of one call, with one SSRC. */
export class SrtpStream {
  readonly #encryptionKey: Buffer;
  readonly #authenticationKey: Buffer;
  readonly #salt: Buffer;
  /** How often the sequence number has wrapped, and the highest one since. */
  #rollover = 0;
  #highest: number | undefined;

  /** @param masterKey 30 bytes: key and salt */
  constructor(masterKey: Buffer) {
    const derive = (use: number, bytes: number): Buffer => {
      const counter = Buffer.concat([masterKey.subarray(keyBytes), Buffer.alloc(2)]);
      counter[7]! ^= use;
      return keystream(masterKey.subarray(0, keyBytes), counter, Buffer.alloc(bytes));
    };
    this.#encryptionKey = derive(label.encryption, keyBytes);
    this.#authenticationKey = derive(label.authentication, 20);
    this.#salt = derive(label.salt, saltBytes);
  }

  /** Encrypts an RTP packet and appends its tag. */
  protect(packet: Buffer): Buffer {
    const rollover = this.#rolloverOf(packet);
    const encrypted = this.#crypt(packet, rollover);
    return Buffer.concat([encrypted, this.#tagOf(encrypted, rollover)]);
  }

  /** Decrypts a packet; undefined if its tag is wrong. */
  unprotect(bytes: Buffer): Buffer | undefined {
    if (bytes.length < 12 + tagBytes) return undefined;
    const [packet, tag] = [bytes.subarray(0, -tagBytes), bytes.subarray(-tagBytes)];
    const rollover = this.#rolloverOf(packet);
    return timingSafeEqual(tag, this.#tagOf(packet, rollover)) ? this.#crypt(packet, rollover) : undefined;
  }

  /** The packet index without the sequence number, which it also keeps (RFC 3711, 3.3.1). */
  #rolloverOf(packet: Buffer): number {
    const sequence = packet.readUInt16BE(2);
    const highest = (this.#highest ??= sequence);
    const step = (((sequence - highest) & 0xffff) ^ 0x8000) - 0x8000;
    const index = this.#rollover * 0x10000 + highest + step;
    const rollover = Math.max(0, Math.floor(index / 0x10000));
    if (step > 0) [this.#rollover, this.#highest] = [rollover, sequence];
    return rollover;
  }

  /** Counter mode: the same encrypts and decrypts (RFC 3711, 4.1.1). */
  #crypt(packet: Buffer, rollover: number): Buffer {
    const headerBytes = 12 + (packet[0]! & 0x0f) * 4;
    const counter = Buffer.concat([this.#salt, Buffer.alloc(2)]);
    const index = Buffer.alloc(10);
    packet.copy(index, 0, 8, 12);
    index.writeUInt32BE(rollover, 4);
    packet.copy(index, 8, 2, 4);
    for (const [at, byte] of index.entries()) counter[at + 4]! ^= byte;
    const payload = keystream(this.#encryptionKey, counter, packet.subarray(headerBytes));
    return Buffer.concat([packet.subarray(0, headerBytes), payload]);
  }

  #tagOf(packet: Buffer, rollover: number): Buffer {
    const counted = Buffer.alloc(4);
    counted.writeUInt32BE(rollover);
    const hmac = createHmac('sha1', this.#authenticationKey).update(packet).update(counted);
    return hmac.digest().subarray(0, tagBytes);
  }
}

function keystream(key: Buffer, counter: Buffer, data: Buffer): Buffer {
  return createCipheriv('aes-128-ctr', key, counter).update(data);
}
