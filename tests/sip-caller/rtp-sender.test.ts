import { parseRtpPacket, type RtpPacket } from '../../src/sip-caller/rtp-packet.ts';
import { RtpSender } from '../../src/sip-caller/rtp-sender.ts';
import type { KeyTiming } from '../../src/sip-caller/key-script.ts';

/** Every packet sent in the given number of 20-ms slots while `keys` are pressed. */
function sendSlots(slots: number, keys: string, timing?: KeyTiming): RtpPacket[] {
  const packets: RtpPacket[] = [];
  const sender = new RtpSender((bytes) => packets.push(parseRtpPacket(bytes) as RtpPacket), 101);
  void sender.press(keys, timing);
  for (let slot = 0; slot < slots; slot += 1) sender.sendSlot();
  return packets;
}

const event = ({ payload }: RtpPacket) => ({
  key: payload[0],
  end: ((payload[1] ?? 0) & 0x80) !== 0,
  duration: payload.readUInt16BE(2),
});

test('a phone with no key pressed sends A-law silence, 20 ms a packet, with consecutive numbers', () => {
  const packets = sendSlots(50, '');
  const [first] = packets;
  for (const [index, packet] of packets.entries()) {
    expect(packet.payload.equals(Buffer.alloc(160, 0xd5))).toBe(true);
    expect(packet.sequence).toBe(((first?.sequence ?? 0) + index) & 0xffff);
    expect(packet.timestamp).toBe(((first?.timestamp ?? 0) + index * 160) >>> 0);
  }
});

test('a 60 ms key is sent with one start, growing durations and three ends at one timestamp', () => {
  const packets = sendSlots(4, '5', { toneMs: 60, gapMs: 20 });
  expect(packets.map((packet) => packet.payloadType)).toEqual([101, 101, 101, 101, 101, 8]);
  expect(packets.map((packet) => packet.marker)).toEqual([true, false, false, false, false, false]);
  const key = packets.slice(0, 5);
  expect(new Set(key.map((packet) => packet.timestamp)).size).toBe(1);
  expect(key.map(event)).toEqual([
    { key: 5, end: false, duration: 160 },
    { key: 5, end: false, duration: 320 },
    ...Array.from({ length: 3 }, () => ({ key: 5, end: true, duration: 480 })),
  ]);
});

test('timestamps and numbers stay continuous through quick keys: 40 ms down, 40 ms up', () => {
  const packets = sendSlots(12, '8*#', { toneMs: 40, gapMs: 40 });
  const starts = packets.filter((packet) => packet.marker);
  expect(starts.map((packet) => event(packet).key)).toEqual([8, 10, 11]);
  const [first] = packets;
  expect(starts.map((packet) => packet.timestamp - (first?.timestamp ?? 0))).toEqual([0, 640, 1280]);
  expect(packets.map((packet) => packet.sequence - (first?.sequence ?? 0))).toEqual(
    packets.map((_, index) => index),
  );
  expect(packets.at(-1)?.timestamp).toBe((first?.timestamp ?? 0) + 11 * 160);
});

test('pressing resolves after the pause that follows the last key, or when the phone hangs up', async () => {
  const sender = new RtpSender(() => undefined, 101);
  const first = sender.press('1', { toneMs: 40, gapMs: 40 });
  for (let slot = 0; slot < 4; slot += 1) sender.sendSlot();
  await first;
  const cut = sender.press('2');
  sender.stop();
  await cut;
  await sender.press('3');
});

test('a character that is not a key is refused before anything is sent', async () => {
  await expect(new RtpSender(() => undefined, 101).press('12x')).rejects.toThrow('0-9, * and #');
});

test('after the machine was busy, keys are pressed later, not faster', async () => {
  let sent = 0;
  const next = () => new Promise<void>((resolve) => (onPacket = resolve));
  let onPacket: () => void = () => undefined;
  const sender = new RtpSender(() => {
    sent += 1;
    onPacket();
  }, 101);
  sender.start();
  await next();
  const busySince = performance.now();
  while (performance.now() - busySince < 200); // ten packets became due
  const before = sent;
  await next();
  await new Promise(setImmediate);
  sender.stop();
  expect(sent - before).toBe(1);
});
