import { once } from 'node:events';
import { createSocket } from 'node:dgram';
import { join } from 'node:path';
import { offer } from '../../../src/sip-caller/sdp.ts';
import { formatSipMessage } from '../../../src/sip-caller/sip-message.ts';
import { AnsweringPhones } from './answering-phones.ts';

test('phones that are closed during a call end it, and keep no socket open', async () => {
  const phones = await AnsweringPhones.open(
    '127.0.0.4:45060',
    join(import.meta.dirname, '../../../sounds/vi'),
  );
  const pbx = createSocket('udp4');
  pbx.bind(0, '127.0.0.1');
  await once(pbx, 'listening');
  const { port } = pbx.address();
  const invite = formatSipMessage({
    method: 'INVITE',
    uri: 'sip:+84912345678@127.0.0.4:45060',
    headers: [
      ['Via', `SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK1`],
      ['From', '<sip:pbx@127.0.0.1>;tag=1'],
      ['To', '<sip:+84912345678@127.0.0.4>'],
      ['Call-ID', 'one'],
      ['CSeq', '1 INVITE'],
      ['Contact', `<sip:pbx@127.0.0.1:${port}>`],
      ['Content-Type', 'application/sdp'],
    ],
    body: offer('127.0.0.1', 40000, 1),
  });
  pbx.send(invite, 45060, '127.0.0.4');
  const answered = await (await phones.rings('+84912345678')).answer();
  phones.close();
  expect(await answered.ended).toMatchObject({ by: 'caller' });
  pbx.close();
});
