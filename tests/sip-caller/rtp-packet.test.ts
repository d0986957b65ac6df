import { formatRtpPacket, parseRtpPacket } from '../../src/sip-caller/rtp-packet.ts';
import { RtpReceiver, type HeardPacket } from '../../src/sip-caller/rtp-receiver.ts';

const packet = (sequence: number, ssrc = 1) => ({
  marker: false,
  payloadType: 8,
  sequence,
  timestamp: sequence * 160,
  ssrc,
  payload: Buffer.from([sequence & 0xff]),
});

function receive(...sequences: number[]): HeardPacket[] {
  const heard: HeardPacket[] = [];
  const receiver = new RtpReceiver((each) => heard.push(each));
  for (const sequence of sequences) receiver.receive(packet(sequence & 0xffff), 0);
  receiver.flush();
  return heard;
}

const order = (heard: HeardPacket[]) => heard.map(({ payload, lost }) => [payload[0], lost]);

test('a packet is the same after formatting and parsing', () => {
  const sent = { ...packet(65535), marker: true, timestamp: 2 ** 32 - 1, ssrc: 2 ** 32 - 1 };
  expect(parseRtpPacket(formatRtpPacket(sent))).toEqual(sent);
});

test('a header extension, contributing sources and padding are not taken for sound', () => {
  const bytes = Buffer.concat([
    Buffer.from([0x80 | 0x20 | 0x10 | 1, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3]),
    Buffer.alloc(4), // one source
    Buffer.from([0xbe, 0xde, 0, 1]),
    Buffer.alloc(4), // one word of extension
    Buffer.from([42, 0, 2]), // one sample and two bytes of padding
  ]);
  expect([...(parseRtpPacket(bytes)?.payload ?? [])]).toEqual([42]);
});

test.each([
  ['nothing', []],
  ['STUN', [0, 1, 0, 0, 0x21, 0x12, 0xa4, 0x42, 0, 0, 0, 0]],
  ['a truncated packet', [0x80, 8, 0]],
  ['more padding than bytes', [0xa0, 8, 0, 1, 0, 0, 0, 2, 0, 0, 0, 200]],
])('%s is not taken for RTP', (_, bytes) => {
  expect(parseRtpPacket(Buffer.from(bytes))).toBeUndefined();
});

test('packets that overtake each other are put in order, and duplicates are dropped', () => {
  expect(order(receive(1, 3, 2, 2, 4))).toEqual([
    [1, 0],
    [2, 0],
    [3, 0],
    [4, 0],
  ]);
});

test('a lost packet is counted before the one that follows it', () => {
  expect(order(receive(1, 2, 5, 6, 7, 8, 9, 10, 11))).toEqual([
    [1, 0],
    [2, 0],
    [5, 2],
    [6, 0],
    [7, 0],
    [8, 0],
    [9, 0],
    [10, 0],
    [11, 0],
  ]);
});

test('sequence numbers may wrap', () => {
  expect(order(receive(0xfffe, 0x10000, 0xffff, 0x10001)).map(([, lost]) => lost)).toEqual([0, 0, 0, 0]);
});

test('a new source starts a new stream without loss', () => {
  const heard: HeardPacket[] = [];
  const receiver = new RtpReceiver((each) => heard.push(each));
  receiver.receive(packet(100, 1), 0);
  receiver.receive(packet(5000, 2), 0);
  expect(heard.map(({ lost, first }) => [lost, first])).toEqual([
    [0, true],
    [0, true],
  ]);
});
