import { jest } from '@jest/globals';
import { parseHepPacket } from '../../../src/asterisk/hep/hep-packet.ts';
import { SipRefusals, type Refusal } from '../../../src/asterisk/hep/sip-refusals.ts';
import { readSipParts } from '../../../src/asterisk/hep/sip-text.ts';
import { refusalLog } from '../../../src/asterisk/hep/watch-sip.ts';

const [phone, pbx] = ['203.0.113.9:5060', '198.51.100.5:5060'];
const call = {
  'Call-ID': 'a',
  From: '"0912345678" <sip:0912345678@203.0.113.9>;tag=1',
  To: '<sip:19009068@x>',
};
let refused: Refusal[];
let refusals: SipRefusals;

beforeEach(() => {
  refused = [];
  refusals = new SipRefusals((refusal) => refused.push(refusal));
});

function text(first: string, headers: Record<string, string>, body = ''): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`);
  return [first, ...lines, '', body].join('\r\n');
}
function asks(method: string, cseq: number, headers: Record<string, string> = {}, body = ''): void {
  const all = { ...call, CSeq: `${cseq} ${method}`, ...headers };
  refusals.take({ from: phone, to: pbx, text: text(`${method} sip:19009068@x SIP/2.0`, all, body) });
}
function answers(status: number, method: string, cseq: number, headers: Record<string, string> = {}): void {
  const all = { ...call, CSeq: `${cseq} ${method}`, ...headers };
  refusals.take({ from: pbx, to: phone, text: text(`SIP/2.0 ${status} Whatever`, all) });
}
const login = { Authorization: 'Digest username="6001", realm="asterisk", response="…"' };
const afterWaiting = () => refusals.sweep(performance.now() + 6000);

test('a refused offer is named by its media lines, without a number', () => {
  const body =
    'v=0\r\nm=audio 4000 RTP/SAVP 18 101\r\na=crypto:1 x\r\na=rtpmap:101 telephone-event/8000\r\nm=video 0 RTP/AVP 96\r\n';
  asks('INVITE', 1, {}, body);
  answers(488, 'INVITE', 1);
  expect(refused).toEqual([
    {
      what: 'a call',
      why: 'no media line that the endpoint allows (docs/trunks.md)',
      from: phone,
      to: pbx,
      status: 488,
      user: undefined,
      offered: 'audio RTP/SAVP (G729 telephone-event; SDES), video RTP/AVP (96)',
    },
  ]);
});

test('a wrong password names the user, and the first challenge is no refusal', () => {
  asks('REGISTER', 1, { To: '<sip:6001@x>' });
  answers(401, 'REGISTER', 1, { 'WWW-Authenticate': 'Digest nonce="1"' });
  asks('REGISTER', 2, { To: '<sip:6001@x>', ...login });
  expect(refused).toEqual([]);
  answers(401, 'REGISTER', 2, { 'WWW-Authenticate': 'Digest nonce="2"' });
  afterWaiting();
  expect(refused).toMatchObject([
    { what: 'a registration', why: 'wrong user name or password', user: '6001' },
  ]);
});

test('a phone that logs in is not refused, also when its nonce was old', () => {
  asks('INVITE', 1);
  answers(401, 'INVITE', 1);
  asks('INVITE', 2, login);
  answers(401, 'INVITE', 2, { 'WWW-Authenticate': 'Digest stale=true, nonce="2"' });
  asks('INVITE', 3, login);
  answers(200, 'INVITE', 3);
  afterWaiting();
  expect(refused).toEqual([]);
});

test('a stranger who is challenged and gives up is refused', () => {
  asks('INVITE', 1);
  answers(401, 'INVITE', 1);
  afterWaiting();
  expect(refused).toMatchObject([{ status: 401, why: 'no credentials, and no endpoint for this address' }]);
});

test.each([
  ['INFO', { 'Content-Type': 'application/dtmf-relay' }, /^a key by SIP INFO, which is not taken/],
  ['REFER', {}, 'Asterisk has no answer to REFER in a call'],
])('a %s in a call without an answer is named', (method, headers, why) => {
  asks(method, 5, { ...headers, To: '<sip:19009068@x>;tag=2' }, 'Signal=5\r\n');
  refusals.sweep();
  expect(refused).toEqual([]);
  afterWaiting();
  expect(refused).toMatchObject([
    { what: 'a request', status: undefined, why: expect.stringMatching(why) as string },
  ]);
});

test('calls that ring, are cancelled or change their media are not refused', () => {
  asks('INVITE', 1);
  answers(180, 'INVITE', 1);
  afterWaiting();
  asks('CANCEL', 1);
  answers(487, 'INVITE', 1);
  asks('INVITE', 2, { To: '<sip:19009068@x>;tag=2' });
  answers(488, 'INVITE', 2);
  asks('OPTIONS', 3);
  answers(404, 'OPTIONS', 3);
  afterWaiting();
  expect(refused).toEqual([]);
});

test.each(['0912345678', '091-234-567', 'x"\r\ny', 'a'.repeat(40), '<script>'])(
  'the user %j is not named',
  (user) => {
    const parts = readSipParts(
      text('REGISTER sip:x SIP/2.0', { ...call, CSeq: '1 REGISTER', To: `<sip:${user}@x>` }),
    );
    expect(parts?.user).toBeUndefined();
  },
);

test('what is no SIP, or cut off, is passed over', () => {
  for (const message of ['', '\r\n\r\n', 'INVITE sip:x SIP/2.0\r\n\r\n', 'SIP/2.0 200 OK\r\nCall-ID: a'])
    expect(readSipParts(message)).toBeNull();
});

test('a packet is read as Asterisk sends it, and anything else is not', () => {
  const chunk = (type: number, data: Buffer) => {
    const head = Buffer.alloc(6);
    head.writeUInt16BE(type, 2);
    head.writeUInt16BE(6 + data.length, 4);
    return Buffer.concat([head, data]);
  };
  const port = Buffer.from([0x13, 0xc4]);
  const chunks = [
    chunk(3, Buffer.from([203, 0, 113, 9])),
    chunk(4, Buffer.from([198, 51, 100, 5])),
    chunk(7, port),
    chunk(8, port),
    chunk(15, Buffer.from('INVITE')),
  ];
  const packet = Buffer.concat([Buffer.from('HEP3\0\0'), ...chunks]);
  expect(parseHepPacket(packet)).toEqual({ from: phone, to: pbx, text: 'INVITE' });
  for (let length = 0; length < packet.length; length += 1)
    expect(parseHepPacket(packet.subarray(0, length))).toBeNull();
});

test('one address is logged once a minute for one reason, with a count of what came meanwhile', () => {
  let nowMs = 0;
  const lines: unknown[] = [];
  const log = refusalLog({ warn: (...line: unknown[]) => lines.push(line) } as never, () => nowMs);
  const refusal: Refusal = {
    what: 'a call', why: 'refused', from: phone, to: pbx, status: 500, user: undefined, offered: '',
  }; // prettier-ignore
  log(refusal);
  log({ ...refusal, from: '203.0.113.9:5062' });
  log({ ...refusal, from: '203.0.113.10:5060' });
  nowMs = 60_000;
  log(refusal);
  expect(lines).toMatchObject([
    ['a call was refused: refused', { fromAddress: phone, toAddress: pbx, status: 500 }],
    ['a call was refused: refused', { fromAddress: '203.0.113.10:5060' }],
    ['a call was refused: refused', { more: 1 }],
  ]);
});

test('a clock that is set back while the application runs silences nothing', () => {
  jest.useFakeTimers({ now: Date.now() });
  const lines: unknown[] = [];
  const log = refusalLog({ warn: (...line: unknown[]) => lines.push(line) } as never);
  const refusal: Refusal = {
    what: 'a call', why: 'refused', from: phone, to: pbx, status: 488, user: undefined, offered: '',
  }; // prettier-ignore
  for (let offered = 1; offered <= 101; offered++) log({ ...refusal, offered: `audio ${offered}` });
  jest.setSystemTime(Date.now() - 24 * 3600_000);
  jest.advanceTimersByTime(60_000);
  log({ ...refusal, offered: 'audio 1' });
  log({ ...refusal, offered: 'audio 102' });
  jest.useRealTimers();
  expect(lines.slice(100)).toMatchObject([
    ['more was refused than is logged in a minute', { more: 1 }],
    ['a call was refused: refused', { offered: 'audio 1' }],
    ['a call was refused: refused', { offered: 'audio 102' }],
  ]);
});

test('somebody who is refused for ever new reasons does not fill the log', () => {
  const lines: unknown[] = [];
  let nowMs = 0;
  const log = refusalLog({ warn: (...line: unknown[]) => lines.push(line) } as never, () => nowMs);
  const refusal: Refusal = {
    what: 'a call', why: 'refused', from: phone, to: pbx, status: 488, user: undefined, offered: '',
  }; // prettier-ignore
  for (let offered = 1; offered <= 1000; offered++) log({ ...refusal, offered: `audio ${offered}` });
  expect(lines).toHaveLength(100);
  nowMs = 60_000;
  log(refusal);
  expect(lines.slice(100)).toMatchObject([
    ['more was refused than is logged in a minute', { more: 900 }],
    ['a call was refused: refused', { status: 488 }],
  ]);
});
