import { cryptoLine, masterKeyOf, newMasterKey, SrtpStream } from '../../src/sip-caller/srtp.ts';
import { formatRtpPacket } from '../../src/sip-caller/rtp-packet.ts';

const packet = (sequence: number) =>
  formatRtpPacket({
    marker: false,
    payloadType: 8,
    sequence,
    timestamp: 160,
    ssrc: 0xdecafbad,
    payload: Buffer.alloc(160, 0xab),
  });

test('a packet is encrypted and signed as in a published example', () => {
  // libsrtp's srtp_validate(): the master key of RFC 3711, B.3, sequence 0x1234.
  const master = Buffer.from('e1f97a0d3e018be0d64fa32c06de41390ec675ad498afeebb6960b3aabe6', 'hex');
  const plain = Buffer.from(`800f1234decafbadcafebabe${'ab'.repeat(16)}`, 'hex');
  const sent = Buffer.from(
    '800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb',
    'hex',
  );
  expect(new SrtpStream(master).protect(plain)).toEqual(sent);
  expect(new SrtpStream(master).unprotect(sent)).toEqual(plain);
});

test('packets are read again over the end of the sequence numbers, out of order too', () => {
  const key = newMasterKey();
  const [sender, receiver] = [new SrtpStream(key), new SrtpStream(key)];
  const plain = [65_533, 65_534, 65_535, 0, 1, 2].map(packet);
  const sent = plain.map((each) => sender.protect(each));
  for (const at of [0, 1, 3, 2, 5, 4]) expect(receiver.unprotect(sent[at]!)).toEqual(plain[at]);
});

test('a packet that was altered, and one under another key, is not read', () => {
  const key = newMasterKey();
  const sent = new SrtpStream(key).protect(packet(1));
  expect(new SrtpStream(newMasterKey()).unprotect(sent)).toBeUndefined();
  sent[20]! ^= 1;
  expect(new SrtpStream(key).unprotect(sent)).toBeUndefined();
});

test('a key is found in a description as it was written', () => {
  const key = newMasterKey();
  expect(masterKeyOf(`m=audio 1 RTP/SAVP 8\r\n${cryptoLine(key)}\r\n`)).toEqual(key);
  expect(
    masterKeyOf('m=audio 1 RTP/SAVP 8\r\na=crypto:1 AES_CM_128_HMAC_SHA1_32 inline:x\r\n'),
  ).toBeUndefined();
});
