import { createServer } from 'node:net';
import { once } from 'node:events';
import { formatSipMessage, type SipRequest } from '../../src/sip-caller/sip-message.ts';
import { SipLeg } from '../../src/sip-caller/sip-leg.ts';
import { SipStream } from '../../src/sip-caller/tcp-socket.ts';

const message = (cseq: number, body = ''): SipRequest => ({
  method: 'OPTIONS',
  uri: 'sip:caller',
  headers: [['CSeq', `${cseq} OPTIONS`]],
  body,
});
const numbers = (messages: readonly { headers: SipRequest['headers'] }[]) =>
  messages.map(({ headers }) => headers[0]?.[1]);

test('messages that arrive in one piece are taken apart, whatever is in their bodies', () => {
  const bytes = Buffer.from(formatSipMessage(message(1, 'v=0\r\n\r\nđ')) + formatSipMessage(message(2)));
  expect(numbers(new SipStream().take(bytes))).toEqual(['1 OPTIONS', '2 OPTIONS']);
});

test('a message that arrives byte by byte is put together, and keep-alives are dropped', () => {
  const stream = new SipStream();
  const bytes = Buffer.from(
    `\r\n\r\n${formatSipMessage(message(1, 'một'))}\r\n${formatSipMessage(message(2))}`,
  );
  const taken = [...bytes].flatMap((byte) => stream.take(Buffer.from([byte])));
  expect(numbers(taken)).toEqual(['1 OPTIONS', '2 OPTIONS']);
  expect(taken[0]?.body).toBe('một');
});

test('what is no SIP is reported', () => {
  expect(() => new SipStream().take(Buffer.from('HTTP/1.1 200 OK\r\n\r\n'))).toThrow('CSeq');
});

test('over TCP, a closed port is named, and a PBX that closes the connection ends the wait', async () => {
  const server = createServer((socket) => socket.once('data', () => socket.end())).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const options = {
    target: { host: '127.0.0.1', port },
    transport: 'tcp',
    localAddress: '127.0.0.1',
    dial: '19009068',
    identity: { from: '0912345678' },
    rtpPort: 4000,
  } as const;
  const leg = await SipLeg.open(options);
  await expect(leg.invite()).rejects.toThrow(`nothing answers at 127.0.0.1:${port}`);
  server.close();
  await expect(SipLeg.open(options)).rejects.toThrow(`nothing answers at 127.0.0.1:${port} over TCP`);
});
