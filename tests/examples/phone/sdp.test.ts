import { hideAddresses, pointToLoopback } from '../../../examples/phone/sdp.ts';

test('an answer leads to the port of its media line on 127.0.0.1, and nowhere else', () => {
  const answer = [
    'v=0',
    'm=audio 10404 UDP/TLS/RTP/SAVPF 8 126',
    'c=IN IP4 127.0.0.1',
    'a=candidate:Hc0a80705 1 UDP 2130706431 192.168.7.5 10404 typ host',
    'a=ice-ufrag:35922af8',
    'a=candidate:Hc0a80001 1 UDP 2130706431 10.0.0.1 10404 typ host',
    'a=end-of-candidates',
    '',
  ];
  expect(pointToLoopback(answer.join('\r\n')).split('\r\n')).toEqual([
    ...answer.slice(0, 3),
    'a=ice-ufrag:35922af8',
    'a=candidate:1 1 UDP 2130706431 127.0.0.1 10404 typ host',
    '',
  ]);
});

test('an answer without audio stays as it is', () => {
  expect(pointToLoopback('v=0\r\n')).toBe('v=0\r\n');
});

test('an offer tells neither an address nor the name that a browser gives in its place, and is not on hold', () => {
  const offer = [
    'm=audio 9 UDP/TLS/RTP/SAVPF 8',
    'c=IN IP4 0.0.0.0',
    'a=candidate:1 1 udp 2122260223 192.168.7.5 50745 typ host generation 0',
    'a=candidate:2 1 UDP 2122260223 0b5c0c22-8d9e-4c5a-8c67-1c6f1f6f2a8e.local 50746 typ host',
    'a=mid:0',
    '',
  ];
  expect(hideAddresses(offer.join('\r\n')).split('\r\n')).toEqual([
    'm=audio 9 UDP/TLS/RTP/SAVPF 8',
    'c=IN IP4 127.0.0.1',
    'a=candidate:1 1 udp 2122260223 127.0.0.1 50745 typ host generation 0',
    'a=candidate:2 1 UDP 2122260223 127.0.0.1 50746 typ host',
    'a=mid:0',
    '',
  ]);
});
