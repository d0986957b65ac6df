/** Which requests take the event socket, and what becomes of them when it is lost. */
import type { AriConnection } from '../../../src/asterisk/ari/ari-connection.ts';
import { goesOverSocket } from '../../../src/asterisk/ari/socket-requests.ts';
import type { Channel } from '../../../src/call/channel.ts';
import { connectTo, log, ringingCall } from '../../support/fakes/connect-scripted.ts';
import { ScriptedAri, type Request } from '../../support/fakes/scripted-ari.ts';
import { until } from '../../support/until.ts';

let pbx: ScriptedAri;
let ari: AriConnection;
let channel: Channel;

beforeEach(async () => {
  pbx = await ScriptedAri.start();
  pbx.answer('GET', /variable/, { status: 200, body: { value: '0 1' } });
  await takeCall();
});

async function takeCall(operationMs = 10_000): Promise<void> {
  ari = await connectTo(pbx, { operationMs });
  channel = await ringingCall(pbx, ari);
}

afterEach(async () => {
  ari.close();
  await pbx.stop();
});

/** The ways on which requests to this path have come. */
const ways = (path: RegExp): Request['over'][] =>
  pbx.requests.filter((request) => path.test(request.path)).map(({ over }) => over);

test('what plays, stops, asks and hangs up takes the event socket', async () => {
  await channel.play(['digits/1']).stop();
  await channel.readLine();
  await channel.hangUp();
  expect(ways(/\/(play|playbacks)\/1\.1/)).toEqual(['socket', 'socket']);
  expect(ways(/channels\/1\.1$/)).toEqual(['socket', 'socket']);
});

test.each([
  ['the thread of a channel', 'POST', '/ari/channels/1.1/answer'],
  ['the SIP thread of a call', 'GET', '/ari/channels/1.1/variable?variable=CHANNEL(rtp%2Chold)'],
  ['a channel that is being made', 'POST', '/ari/channels/call-back-1'],
  ['a channel that is being made', 'POST', '/ari/channels?endpoint=PJSIP%2Ftrunk'],
])('what waits for %s goes over HTTP: behind it all calls would wait', (_what, method, path) => {
  expect(goesOverSocket(method, path)).toBe(false);
});

test('a call whose SIP thread is busy holds up no other', async () => {
  pbx.answer('GET', /variable/, 'never');
  channel.readClaims().catch(() => undefined);
  await until(() => ways(/variable/).length > 0);
  await channel.readLine();
});

test('a sentence that is longer than Asterisk may read from the socket goes over HTTP', async () => {
  channel.play(Array.from({ length: 1000 }, () => 'digits/1'));
  await until(() => ways(/play/).length === 1);
  expect(ways(/play/)).toEqual(['HTTP']);
});

test('a request whose socket is lost is sent again over HTTP, and those after it until the socket is back', async () => {
  const answers = ['reset', { status: 200, body: pbx.snapshot('1.1') }] as const;
  let asked = 0;
  pbx.answer('GET', /channels\/1\.1$/, () => answers[Math.min(asked++, 1)]!);
  pbx.refuseSockets = true;
  await channel.readLine();
  await channel.readLine();
  expect(ways(/channels\/1\.1$/)).toEqual(['socket', 'HTTP', 'HTTP']);
  pbx.refuseSockets = false;
  await until(() => ari.state === 'connected');
  await channel.readLine();
  expect(ways(/channels\/1\.1$/).at(-1)).toBe('socket');
});

test('a request that Asterisk does not answer ends in time, and its late answer is nobody’s', async () => {
  ari.close();
  pbx.channels.clear();
  await takeCall(100);
  const late = Promise.withResolvers<{ status: number; body: object }>();
  pbx.answer('GET', /channels\/1\.1$/, late.promise);
  await expect(channel.readLine()).rejects.toThrow('GET /ari/channels/1.1: no response within 100 ms');
  late.resolve({ status: 404, body: { message: 'Channel not found' } });
  pbx.answer('GET', /channels\/1\.1$/, { status: 200, body: pbx.snapshot('1.1') });
  await channel.readLine();
  expect(channel.gone.aborted).toBe(false);
});

test('the answers are asked for in the filter of events, which would hold them back', () => {
  const filter = pbx.requests.find(({ path }) => path.endsWith('/eventFilter'));
  expect(JSON.parse(filter!.body)).toEqual({ allowed: expect.arrayContaining([{ type: 'RESTResponse' }]) });
});

test('when another process has taken our place, whose filter it is then, requests go over HTTP', async () => {
  pbx.send('ApplicationReplaced');
  await ari.replaced;
  await channel.readLine();
  expect(ways(/channels\/1\.1$/)).toEqual(['HTTP']);
});

test('an answer that is not what ARI promises fails its own request only', async () => {
  pbx.sendText(JSON.stringify({ type: 'RESTResponse', request_id: 'nobody', status_code: 200 }));
  pbx.answer('GET', /channels\/1\.1$/, { status: 500, body: '<html>' });
  await expect(channel.readLine()).rejects.toThrow('500');
  pbx.answer('GET', /channels\/1\.1$/, { status: 200, body: pbx.snapshot('1.1') });
  await channel.readLine();
  expect(log.join()).not.toContain('could not be handled');
});
