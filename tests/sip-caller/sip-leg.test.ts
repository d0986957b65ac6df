import { CallCancelled, CallRefused, TargetUnavailable } from '../../src/sip-caller/call-errors.ts';
import type { RemoteMedia } from '../../src/sip-caller/sdp.ts';
import { headerValue, isResponse, type SipRequest } from '../../src/sip-caller/sip-message.ts';
import { SipLeg } from '../../src/sip-caller/sip-leg.ts';
import type { SipLegOptions } from '../../src/sip-caller/sip-leg-options.ts';
import { parseEndpoint } from '../../src/sip-caller/sip-socket.ts';
import { FakePbx } from './fake-pbx.ts';

const opened: FakePbx[] = [];
afterEach(() => {
  for (const pbx of opened.splice(0)) pbx.close();
});

async function openLeg(
  react: (request: SipRequest, pbx: FakePbx) => void,
  options: Partial<SipLegOptions> = {},
) {
  const pbx = await FakePbx.listen(react);
  opened.push(pbx);
  const leg = await SipLeg.open({
    target: parseEndpoint(pbx.target),
    localAddress: '127.0.0.1',
    dial: '19009068',
    identity: { from: '0912345678' },
    rtpPort: 4000,
    ...options,
  });
  return { pbx, leg };
}

const answer = (request: SipRequest, pbx: FakePbx) => {
  if (request.method === 'INVITE') pbx.answer(request);
  else if (request.method !== 'ACK') pbx.reply(request, 200);
};

test('a call is answered, acknowledged and hung up by the caller', async () => {
  const { pbx, leg } = await openLeg(answer);
  expect(await leg.invite()).toMatchObject({ address: '127.0.0.1', telephoneEvent: 101 });
  await leg.hangUp();
  await leg.hangUp();
  expect(await leg.ended).toBe('caller');
  expect(pbx.requests).toEqual(['INVITE', 'ACK', 'BYE']);
  const bye = pbx.received.at(-1) as SipRequest;
  expect(bye.uri).toBe(`sip:${pbx.target}`);
  expect(headerValue(bye.headers, 'To')).toContain('tag=pbx');
  expect(headerValue(bye.headers, 'CSeq')).toBe('2 BYE');
});

test('the offer is A-law and telephone events, nothing else', async () => {
  const { pbx, leg } = await openLeg(answer);
  await leg.invite();
  await leg.hangUp();
  expect((pbx.received[0] as SipRequest).body).toContain('m=audio 4000 RTP/AVP 8 101\r\n');
});

test('a call the PBX hangs up is over, and the PBX gets its answer', async () => {
  const { pbx, leg } = await openLeg((request, on) => {
    answer(request, on);
    if (request.method === 'ACK') on.request('BYE', on.received[0] as SipRequest);
  });
  await leg.invite();
  expect(await leg.ended).toBe('pbx');
  await pbx.until(({ received }) =>
    received.some((message) => isResponse(message) && message.status === 200),
  );
  await leg.hangUp();
  expect(pbx.requests).toEqual(['INVITE', 'ACK']);
});

test('a softphone answers the challenge of the PBX, even to hang up', async () => {
  const challenge = (request: SipRequest, pbx: FakePbx) => {
    const known = headerValue(request.headers, 'Authorization')?.includes('username="6001"');
    if (request.method === 'ACK') return;
    if (!known)
      pbx.reply(request, 401, [['WWW-Authenticate', 'Digest realm="asterisk",nonce="n",qop="auth"']]);
    else answer(request, pbx);
  };
  const { pbx, leg } = await openLeg(challenge, { credentials: { username: '6001', password: 'secret' } });
  await leg.invite();
  await leg.hangUp();
  expect(pbx.requests).toEqual(['INVITE', 'ACK', 'INVITE', 'ACK', 'BYE', 'BYE']);
});

test('a wrong password leads to a refused call, not to endless attempts', async () => {
  const { pbx, leg } = await openLeg(
    (request, on) => {
      if (request.method !== 'ACK')
        on.reply(request, 401, [['WWW-Authenticate', 'Digest realm="asterisk",nonce="n"']]);
    },
    { credentials: { username: '6001', password: 'wrong' } },
  );
  await expect(leg.invite()).rejects.toThrow(new CallRefused(401, 'Test'));
  expect(pbx.requests.filter((method) => method === 'INVITE')).toHaveLength(2);
});

test('an error response is acknowledged within the same transaction', async () => {
  const { pbx, leg } = await openLeg((request, on) => {
    if (request.method === 'INVITE') on.reply(request, 486);
  });
  await expect(leg.invite()).rejects.toThrow(CallRefused);
  await pbx.until(({ requests }) => requests.includes('ACK'));
  const [invite, ack] = pbx.received as [SipRequest, SipRequest];
  expect(headerValue(ack.headers, 'Via')).toBe(headerValue(invite.headers, 'Via'));
  expect(headerValue(ack.headers, 'To')).toContain('tag=pbx');
  expect(headerValue(ack.headers, 'CSeq')).toBe('1 ACK');
});

test('a call that only rings is cancelled when the caller gives up', async () => {
  const patience = new AbortController();
  let invite: SipRequest | undefined;
  const { pbx, leg } = await openLeg((request, on) => {
    if (request.method === 'INVITE') {
      invite = request;
      on.reply(request, 180);
    }
    if (request.method === 'CANCEL' && invite) {
      on.reply(request, 200);
      on.reply(invite, 487);
    }
  });
  const called = leg.invite(patience.signal);
  await pbx.until(({ requests }) => requests.includes('INVITE'));
  // Nothing shows when the leg has read the 180; its answer to a later request does.
  pbx.request('OPTIONS', invite as SipRequest);
  await pbx.until(({ received }) => received.some(isResponse));
  patience.abort();
  await expect(called).rejects.toThrow(CallCancelled);
  await pbx.until(({ requests }) => requests.at(-1) === 'ACK');
  expect(pbx.requests).toEqual(['INVITE', 'CANCEL', 'ACK']);
});

test('giving up while nothing answers ends the wait at once', async () => {
  const { leg } = await openLeg(() => undefined);
  await expect(leg.invite(AbortSignal.abort())).rejects.toThrow(CallCancelled);
});

test('a closed port is reported at once and by address', async () => {
  const { pbx, leg } = await openLeg(() => undefined);
  const { target } = pbx;
  pbx.close();
  opened.length = 0;
  await expect(leg.invite()).rejects.toThrow(`nothing answers at ${target}`);
  await expect(
    (
      await SipLeg.open({
        target: parseEndpoint(target),
        localAddress: '127.0.0.1',
        dial: '1',
        identity: { from: '1' },
        rtpPort: 4000,
      })
    ).invite(),
  ).rejects.toBeInstanceOf(TargetUnavailable);
});

test('a lost INVITE is sent again, and a repeated answer is acknowledged again', async () => {
  let invites = 0;
  const { pbx, leg } = await openLeg((request, on) => {
    if (request.method !== 'INVITE') return answer(request, on);
    invites += 1;
    if (invites === 1) return; // lost
    on.answer(request);
    on.answer(request);
  });
  await leg.invite();
  await pbx.until(({ requests }) => requests.filter((method) => method === 'ACK').length === 2);
  expect(pbx.requests).toEqual(['INVITE', 'INVITE', 'ACK', 'ACK']);
  expect(pbx.received[1]).toEqual(pbx.received[0]);
  await leg.hangUp();
});

test('a PBX that answers without A-law is hung up on', async () => {
  const { pbx, leg } = await openLeg((request, on) => {
    if (request.method === 'INVITE')
      on.reply(request, 200, [], 'v=0\r\nc=IN IP4 127.0.0.1\r\nm=audio 4 RTP/AVP 0\r\n');
    else answer(request, on);
  });
  await expect(leg.invite()).rejects.toThrow('A-law');
  expect(pbx.requests).toEqual(['INVITE', 'ACK', 'BYE']);
});

test('a PBX may send requests and move its RTP during a call', async () => {
  const moved: RemoteMedia[] = [];
  const { pbx, leg } = await openLeg(answer, { onMedia: (media) => moved.push(media) });
  await leg.invite();
  const invite = pbx.received[0] as SipRequest;
  const answered =
    (cseq: string) =>
    ({ received }: FakePbx) =>
      received.some(
        (message) =>
          isResponse(message) && message.status === 200 && headerValue(message.headers, 'CSeq') === cseq,
      );
  pbx.request('OPTIONS', invite);
  await pbx.until(answered('1 OPTIONS'));
  pbx.request('NOTIFY', invite);
  await pbx.until(answered('1 NOTIFY'));
  pbx.request(
    'INVITE',
    invite,
    'v=0\r\nc=IN IP4 127.0.0.9\r\nm=audio 4002 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\n',
  );
  await pbx.until(answered('1 INVITE'));
  expect(moved).toEqual([{ address: '127.0.0.9', port: 4002, telephoneEvent: 101 }]);
  pbx.request('UPDATE', invite, 'v=0\r\nm=image 9 udptl t38\r\n');
  await pbx.until(({ received }) =>
    received.some((message) => isResponse(message) && message.status === 488),
  );
  await leg.hangUp();
});

test('a PBX that has died is noticed when the caller hangs up', async () => {
  const { pbx, leg } = await openLeg(answer);
  await leg.invite();
  await pbx.until(({ requests }) => requests.includes('ACK'));
  pbx.close();
  opened.length = 0;
  await leg.hangUp();
  expect(await leg.ended).toBe('lost');
});
