import {
  formatSipMessage,
  headerValue,
  headerValues,
  isResponse,
  parseCSeq,
  parseSipMessage,
  tagOf,
  uriOf,
} from '../../src/sip-caller/sip-message.ts';

const ringing = [
  'SIP/2.0 180 Ringing',
  'v: SIP/2.0/UDP 127.0.0.2:4000;rport=4000;received=127.0.0.2;branch=z9hG4bKabc',
  'From: "A;tag=no" <sip:0912345678@127.0.0.2>;tag=mine',
  'To:',
  ' <sip:19009068@127.0.0.1>;tag=theirs',
  'i: call-1',
  'CSeq: 7 INVITE',
  'Record-Route: <sip:a>',
  'Record-Route: <sip:b>',
  'Content-Length: 0',
  '',
  '',
].join('\r\n');

test('a response with compact names, folded lines and repeated headers is parsed', () => {
  const message = parseSipMessage(ringing);
  if (!isResponse(message)) throw new Error('not a response');
  expect(message).toMatchObject({ status: 180, reason: 'Ringing', body: '' });
  expect(headerValue(message.headers, 'Via')).toContain('branch=z9hG4bKabc');
  expect(headerValue(message.headers, 'call-id')).toBe('call-1');
  expect(tagOf(headerValue(message.headers, 'To') ?? '')).toBe('theirs');
  expect(headerValues(message.headers, 'record-route')).toEqual(['<sip:a>', '<sip:b>']);
  expect(parseCSeq(message.headers)).toEqual({ number: 7, method: 'INVITE' });
});

test('a tag in a display name is not taken for the tag of the call', () => {
  expect(tagOf('"A;tag=no" <sip:1@x;tag=neither>;tag=mine')).toBe('mine');
  expect(tagOf('"A;tag=no" <sip:1@x>')).toBeUndefined();
});

test('the URI of a contact is found with and without angle brackets', () => {
  expect(uriOf('"x" <sip:a@b:5060;transport=udp>;expires=3')).toBe('sip:a@b:5060;transport=udp');
  expect(uriOf('sip:a@b;expires=3')).toBe('sip:a@b');
});

test('a request is the same after formatting and parsing, with the length of its body in bytes', () => {
  const request = {
    method: 'INVITE',
    uri: 'sip:19009068@127.0.0.1',
    headers: [['CSeq', '1 INVITE']] as const,
    body: 'số',
  };
  const text = formatSipMessage(request);
  expect(text).toContain('Content-Length: 4\r\n\r\nsố');
  expect(parseSipMessage(text)).toMatchObject({
    method: 'INVITE',
    uri: 'sip:19009068@127.0.0.1',
    body: 'số',
  });
});

test.each([
  ['nothing', ''],
  ['a keep-alive', '\r\n\r\n'],
  ['a web request', 'GET / HTTP/1.1\r\nCSeq: 1 GET\r\n\r\n'],
  ['no CSeq', 'SIP/2.0 200 OK\r\nTo: <sip:a>\r\n\r\n'],
  ['a line without a name', 'SIP/2.0 200 OK\r\nnonsense\r\n\r\n'],
])('%s is not taken for a SIP message', (_, text) => {
  expect(() => parseSipMessage(text)).toThrow();
});
