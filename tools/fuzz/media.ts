/** Packets for the RTP and RTCP ports of an answered call: half right, or not at all. */
import type { Dice } from '../../src/simulation/dice.ts';
import { formatRtpPacket } from '../../src/sip-caller/rtp-packet.ts';
import { bytes } from './text.ts';

const raw = (text: string) => Buffer.from(text, 'latin1');
const word = (dice: Dice) => dice.number(0, 2 ** 32 - 1);

function rtp(dice: Dice, payloadType: number, payload: Buffer): Buffer {
  return formatRtpPacket({
    marker: dice.happens(30),
    payloadType,
    sequence: dice.number(0, 65_535),
    timestamp: word(dice),
    ssrc: dice.happens(50) ? 1 : word(dice),
    payload,
  });
}

/** A telephone event (RFC 4733, 2.3) with any event, end bit, volume and duration; also too short or too long. */
function event(dice: Dice): Buffer {
  const code = dice.oneOf([0, 8, 9, 10, 11, 12, 15, 16, 17, 100, 255]);
  const payload = Buffer.from([code, dice.number(0, 255), dice.oneOf([0, 1, 255]), dice.number(0, 255)]);
  return rtp(
    dice,
    101,
    Buffer.concat([
      payload.subarray(0, dice.oneOf([0, 1, 3, 4, 4, 4, 4])),
      dice.happens(20) ? payload : Buffer.alloc(0),
    ]),
  );
}

/** The header claims more than the packet holds: sources, extension, padding. */
function liar(dice: Dice): Buffer {
  const packet = rtp(dice, dice.oneOf([8, 101, 0, 72, 127]), raw(bytes(dice, dice.number(0, 20))));
  packet[0] = dice.oneOf([0x8f, 0x90, 0xa0, 0xbf, 0x00, 0xff]);
  if (packet.length > 15) packet.writeUInt16BE(0xffff, 14);
  return dice.happens(50) ? packet.subarray(0, dice.number(0, packet.length)) : packet;
}

/** STUN, DTLS and SIP, which phones send to the same port. */
const foreign: ((dice: Dice) => Buffer)[] = [
  (dice) =>
    Buffer.concat([Buffer.from('000100ff2112a442', 'hex'), raw(bytes(dice, dice.oneOf([0, 12, 255])))]),
  (dice) => Buffer.concat([Buffer.from('16fefd0000', 'hex'), raw(bytes(dice, 40))]),
  () => raw('BYE sip:x SIP/2.0\r\n\r\n'),
  (dice) => raw(bytes(dice, dice.oneOf([1, 11, 12, 13, 1400, 8000]))),
];

/** Packets for the RTP port. */
export function hostileRtp(dice: Dice): Buffer[] {
  return Array.from({ length: dice.oneOf([1, 10, 60]) }, () => {
    switch (dice.number(1, 5)) {
      case 1:
        return rtp(
          dice,
          dice.oneOf([8, 8, 9, 13, 0, 96, 127]),
          raw(bytes(dice, dice.oneOf([0, 1, 160, 161, 1400]))),
        );
      case 2:
        return liar(dice);
      case 3:
        return dice.oneOf(foreign)(dice);
      default:
        return event(dice);
    }
  });
}

/** Packets for the RTCP port: reports, BYE, application data, with any count and length. */
export function hostileRtcp(dice: Dice): Buffer[] {
  return Array.from({ length: dice.number(1, 10) }, () => {
    const header = Buffer.from([
      dice.oneOf([0x80, 0x81, 0x9f, 0xbf, 0x40]),
      dice.number(192, 223),
      dice.oneOf([0, 0xff]),
      dice.number(0, 255),
    ]);
    return Buffer.concat([header, raw(bytes(dice, dice.oneOf([0, 4, 24, 28, 500])))]);
  });
}
