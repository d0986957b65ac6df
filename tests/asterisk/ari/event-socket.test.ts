import { jest } from '@jest/globals';
import type { AriConnection } from '../../../src/asterisk/ari/ari-connection.ts';
import type { Channel } from '../../../src/call/channel.ts';
import { connectTo, log, nextCall } from '../../support/fakes/connect-scripted.ts';
import { until } from '../../support/until.ts';
import { ScriptedAri, type Answer } from '../../support/fakes/scripted-ari.ts';

let pbx: ScriptedAri;
let ari: AriConnection;

beforeEach(async () => {
  pbx = await ScriptedAri.start();
  ari = await connectTo(pbx);
});

afterEach(async () => {
  ari.close();
  await pbx.stop();
});

/** How often Asterisk was asked for the channels in the application. */
const asksForChannels = () =>
  pbx.requests.filter(({ method, path }) => method === 'GET' && path.startsWith('/ari/applications')).length;
const notFaked = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setTimeout',
  'clearTimeout',
] as const;
/** Why the event socket was lost, as the log says of the last time. */
const lostFor = () =>
  (JSON.parse(log.findLast((text) => text.includes('Lost the event socket'))!) as { why: string }).why;
const reconnected = () => until(() => ari.state === 'connected' && pbx.openSockets === 1);

describe('messages of the event socket', () => {
  test.each([
    ['is no JSON', '{"type":"StasisSt'],
    ['is no object', 'null'],
    ['has no type', '{}'],
    [
      'is of a type this Asterisk does not document',
      '{"type":"SomethingNew","timestamp":"2026-01-01T00:00:00.000+0000"}',
    ],
    ['lacks a field of its type', '{"type":"StasisStart","args":[]}'],
    [
      'has a time that cannot be read',
      '{"type":"StasisEnd","timestamp":"yesterday","channel":{"id":"1","state":"Up","caller":{"number":""}}}',
    ],
    [
      'is about an unknown channel',
      '{"type":"StasisEnd","timestamp":"2026-01-01T00:00:00.000+0000","channel":{"id":"none","state":"Up","caller":{"number":""}}}',
    ],
  ])('one that %s is dropped, and the next call is taken', async (_what, message) => {
    pbx.sendText(message);
    pbx.enter('1.1', ['reset']);
    expect((await nextCall(ari)).id).toBe('1.1');
  });

  test('one as long as a caller can make it is read; one that no Asterisk sends ends the connection, which is opened again', async () => {
    // All of a SIP message in the name of a caller, each byte escaped.
    const caller = { number: '0912345678', name: '\u0001'.repeat(65_536) };
    pbx.send('StasisStart', { args: [], channel: { ...pbx.snapshot('1.1'), caller } });
    expect((await nextCall(ari)).id).toBe('1.1');
    pbx.sendText(JSON.stringify({ type: 'x'.repeat(5_000_000) }));
    await until(() => log.join().includes('Lost the event socket'));
    await reconnected();
    pbx.enter('1.2');
    expect((await nextCall(ari)).id).toBe('1.2');
  });

  test('a fault while a call is announced does not end the event socket', async () => {
    ari.onCall(() => {
      throw new Error('a fault of ours');
    });
    pbx.enter('1.1');
    pbx.enter('1.2');
    await until(() => log.join().includes('An Asterisk event could not be handled'));
    const line = log.findLast((text) => text.includes('An Asterisk event could not be handled'));
    expect(JSON.parse(line!)).toMatchObject({ channelId: '1.2' });
    expect((await new Promise<Channel>((resolve) => (ari.onCall(resolve), pbx.enter('1.3')))).id).toBe('1.3');
  });
});

describe('when the event socket is lost', () => {
  test('it is reopened, the event filter is set again, and calls come again', async () => {
    const filtersSet = () => pbx.requests.filter(({ path }) => path.endsWith('/eventFilter')).length;
    expect(filtersSet()).toBe(1);
    pbx.cutSockets();
    await until(() => filtersSet() === 2);
    await reconnected();
    expect(lostFor()).toBe('closed (1006)');
    pbx.enter('2.1');
    expect((await nextCall(ari)).id).toBe('2.1');
  });

  test('only the events that are used are asked for', () => {
    const filter = pbx.requests.find(({ path }) => path.endsWith('/eventFilter'));
    expect(JSON.parse(filter!.body)).toEqual({
      allowed: expect.arrayContaining([{ type: 'StasisStart' }, { type: 'ChannelDtmfReceived' }]),
    });
    expect(filter!.body).not.toContain('ChannelVarset');
  });

  test('it is opened again, however many attempts that takes', async () => {
    pbx.refuseSockets = true;
    pbx.cutSockets();
    await until(() => pbx.socketsAsked > 15);
    expect(ari.state).toBe('reconnecting');
    pbx.refuseSockets = false;
    await reconnected();
  });

  test('it is opened again if the event filter cannot be set', async () => {
    pbx.answer('PUT', /eventFilter/, { status: 500 });
    pbx.cutSockets();
    await until(() => pbx.socketsAsked > 3);
    pbx.answer('PUT', /eventFilter/, { status: 200, body: {} });
    await reconnected();
  });

  describe('the heartbeat', () => {
    const beat = () => jest.advanceTimersByTime(60_000);

    beforeEach(async () => {
      ari.close();
      jest.useFakeTimers({ doNotFake: [...notFaked] }); // setInterval only: the test decides when it fires
      ari = await connectTo(pbx, { heartbeatMs: 60_000 });
    });

    afterEach(() => void jest.useRealTimers());

    test('says that no call would get through once a pong is overdue, until the next one, and while it is reopened', async () => {
      expect(ari.whyNotReady()).toBeNull();
      const now = performance.now.bind(performance);
      const later = jest.spyOn(performance, 'now').mockImplementation(() => now() + 62_000);
      expect(ari.whyNotReady()).toMatch(/^Asterisk has not answered on the event socket for 6\d s$/);
      expect(ari.state).toBe('connected');
      beat();
      await until(() => ari.whyNotReady() === null);
      later.mockRestore();
      pbx.refuseSockets = true;
      pbx.cutSockets();
      await until(() => ari.whyNotReady() === 'the event socket to Asterisk is being reopened');
      expect(ari.pongAgeMs).toBeNull();
    });

    test('notices a connection that has died silently', async () => {
      const asked = pbx.socketsAsked;
      pbx.answerPings = false;
      beat();
      await until(() => pbx.pings === 1);
      expect(ari.state).toBe('connected');
      beat();
      await until(() => pbx.socketsAsked > asked);
      await reconnected();
      expect(lostFor()).toBe('no answer to a ping within 60000 ms');
    });

    test('keeps a connection that answers', async () => {
      const asked = pbx.socketsAsked;
      for (const id of ['7.1', '7.2', '7.3']) {
        beat();
        await until(() => pbx.pings === Number(id.slice(-1)));
        const call = new Promise<Channel>((resolve) => ari.onCall(resolve));
        pbx.enter(id); // behind the answer to the ping, on the same socket
        expect((await call).id).toBe(id);
      }
      expect(pbx.socketsAsked).toBe(asked);
    });
  });

  test('it counts as lost until it has stayed open through all requests that follow its opening', async () => {
    const answer = Promise.withResolvers<Answer>();
    pbx.answer('GET', /applications/, answer.promise);
    pbx.cutSockets();
    await until(() => asksForChannels() === 2);
    pbx.refuseSockets = true;
    pbx.cutSockets();
    const asked = pbx.socketsAsked;
    await until(() => pbx.socketsAsked > asked); // the loss has been noticed
    answer.resolve({ status: 200, body: { channel_ids: ['8.1'] } });
    const found = nextCall(ari);
    pbx.channels.add('8.1');
    await found; // the answer has been read
    expect(ari.state).toBe('reconnecting');
    pbx.refuseSockets = false;
    await reconnected();
  });

  test('a call that comes in while the channels are being listed is not judged by that list', async () => {
    const answer = Promise.withResolvers<Answer>();
    pbx.answer('GET', /applications/, answer.promise);
    pbx.cutSockets();
    await until(() => asksForChannels() === 2);
    pbx.enter('3.4');
    const channel = await nextCall(ari);
    answer.resolve({ status: 200, body: { channel_ids: [] } });
    await reconnected();
    expect(channel.gone.aborted).toBe(false);
  });

  test.each(['between two attempts', 'during an attempt'])(
    'it is not tried again once the application closes %s',
    async (when) => {
      pbx.refuseSockets = true;
      pbx.cutSockets();
      await until(() => pbx.socketsAsked > 2);
      pbx.holdSockets = when === 'during an attempt';
      const asked = pbx.socketsAsked;
      if (pbx.holdSockets) await until(() => pbx.socketsAsked > asked);
      ari.close();
      pbx.holdSockets = false;
      pbx.refuseSockets = false;
      const successor = await connectTo(pbx); // takes longer than the delay before the next attempt
      expect(pbx.openSockets).toBe(1);
      successor.close();
    },
  );

  test('a caller who hung up meanwhile is gone', async () => {
    pbx.enter('3.1');
    const channel = await nextCall(ari);
    pbx.refuseSockets = true;
    pbx.cutSockets();
    pbx.channels.delete('3.1');
    pbx.refuseSockets = false;
    await until(() => channel.gone.aborted);
  });

  test('a caller who stayed is still there, and keys arrive again', async () => {
    pbx.enter('3.2');
    const channel = await nextCall(ari);
    const keys: string[] = [];
    channel.onDigit((key) => keys.push(key));
    pbx.cutSockets();
    await until(() => pbx.socketsAsked === 2);
    await reconnected();
    pbx.send('ChannelDtmfReceived', { channel: pbx.snapshot('3.2'), digit: '5', duration_ms: 80 });
    await until(() => keys.length === 1);
    expect(channel.gone.aborted).toBe(false);
  });

  test('a call that could not be hung up meanwhile is hung up', async () => {
    pbx.enter('3.3');
    const channel = await nextCall(ari);
    pbx.answer('DELETE', /channels/, 'reset');
    await channel.hangUp();
    pbx.answer('DELETE', /channels/, { status: 204 });
    pbx.cutSockets();
    await until(() => channel.gone.aborted);
  });
});

test('another process with our application name is noticed', async () => {
  pbx.send('ApplicationReplaced');
  await ari.replaced;
});

test('nothing secret was logged', () => {
  expect(log.join()).not.toContain(pbx.password);
  expect(log.join()).not.toContain('api_key');
});
