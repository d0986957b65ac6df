import type { AriConnection } from '../../src/asterisk/ari-connection.ts';
import type { Channel } from '../../src/call/channel.ts';
import { connectTo, log, nextCall, until } from '../support/connect-scripted.ts';
import { ScriptedAri } from '../support/scripted-ari.ts';

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

const reconnected = () => until(() => ari.state === 'connected' && pbx.openSockets === 1);

describe('messages of the event socket', () => {
  test.each([
    ['is no JSON', '{"type":"StasisSt'],
    ['is no object', 'null'],
    ['has no type', '{}'],
    ['is of a type this Asterisk does not document', '{"type":"SomethingNew","timestamp":"2026-01-01T00:00:00.000+0000"}'],
    ['lacks what its type promises', '{"type":"StasisStart","args":[]}'],
    ['has a time nobody can read', '{"type":"StasisEnd","timestamp":"yesterday","channel":{"id":"1","state":"Up","caller":{"number":""}}}'],
    ['is of a channel nobody knows', '{"type":"StasisEnd","timestamp":"2026-01-01T00:00:00.000+0000","channel":{"id":"none","state":"Up","caller":{"number":""}}}'],
  ])('one that %s is dropped, and the next call is taken', async (_what, message) => {
    pbx.sendText(message);
    pbx.enter('1.1', ['reset']);
    expect((await nextCall(ari)).id).toBe('1.1');
  });

  test('a fault while a call is announced does not end the event socket', async () => {
    ari.onCall(() => {
      throw new Error('a fault of ours');
    });
    pbx.enter('1.1');
    pbx.enter('1.2');
    await until(() => log.join().includes('An Asterisk event could not be handled'));
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
    pbx.enter('2.1');
    expect((await nextCall(ari)).id).toBe('2.1');
  });

  test('only the events that are used are asked for', () => {
    const filter = pbx.requests.find(({ path }) => path.endsWith('/eventFilter'));
    expect(JSON.parse(filter!.body)).toEqual({ allowed: expect.arrayContaining([{ type: 'StasisStart' }, { type: 'ChannelDtmfReceived' }]) });
    expect(filter!.body).not.toContain('ChannelVarset');
  });

  test('it is tried again however often that takes', async () => {
    pbx.refuseSockets = true;
    pbx.cutSockets();
    await until(() => pbx.socketsAsked > 15);
    expect(ari.state).toBe('reconnecting');
    pbx.refuseSockets = false;
    await reconnected();
  });

  test('an Asterisk whose filter cannot be set is tried again', async () => {
    pbx.answer('PUT', /eventFilter/, { status: 500 });
    pbx.cutSockets();
    await until(() => pbx.socketsAsked > 3);
    pbx.answer('PUT', /eventFilter/, { status: 200, body: {} });
    await reconnected();
  });

  test('a line that has died without a word is noticed by its missing heartbeat', async () => {
    pbx.answerPings = false;
    await until(() => pbx.socketsAsked === 2);
    pbx.answerPings = true;
    await reconnected();
  });

  test.each(['between two attempts', 'within an attempt'])('it is not tried again once the application closes %s', async (when) => {
    pbx.refuseSockets = true;
    pbx.cutSockets();
    await until(() => pbx.socketsAsked > 2);
    pbx.holdSockets = when === 'within an attempt';
    const asked = pbx.socketsAsked;
    if (pbx.holdSockets) await until(() => pbx.socketsAsked > asked);
    ari.close();
    pbx.holdSockets = false;
    pbx.refuseSockets = false;
    const successor = await connectTo(pbx); // takes longer than the wait before a further attempt
    expect(pbx.openSockets).toBe(1);
    successor.close();
  });

  test('a caller who hung up meanwhile is gone', async () => {
    pbx.enter('3.1');
    const channel = await nextCall(ari);
    pbx.refuseSockets = true;
    pbx.cutSockets();
    pbx.channels.delete('3.1');
    pbx.refuseSockets = false;
    await until(() => channel.gone.aborted);
  });

  test('a caller who stayed is still there, and heard again', async () => {
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

  test('a call we could not end meanwhile is ended', async () => {
    pbx.enter('3.3');
    const channel = await nextCall(ari);
    pbx.answer('DELETE', /channels/, 'reset');
    await channel.hangUp();
    pbx.answer('DELETE', /channels/, { status: 204 });
    pbx.cutSockets();
    await until(() => channel.gone.aborted);
  });
});

describe('channels of a process that died', () => {
  test('are announced as orphans, once', async () => {
    const orphans: string[] = [];
    ari.onOrphan((channel) => orphans.push(channel.id));
    pbx.channels.add('4.1');
    pbx.cutSockets();
    await until(() => orphans.length > 0);
    pbx.enter('4.1'); // Asterisk may tell of it again
    pbx.enter('4.2');
    const calls: string[] = [];
    ari.onCall((channel) => calls.push(channel.id));
    await until(() => calls.length > 0);
    expect({ orphans, calls }).toEqual({ orphans: ['4.1'], calls: ['4.2'] });
  });

  test('a call that has just come in is none, though it is already in the list', async () => {
    const orphans: string[] = [];
    ari.onOrphan((channel) => orphans.push(channel.id));
    pbx.channels.add('4.3');
    pbx.channels.add('4.4');
    pbx.cutSockets();
    await until(() => pbx.socketsAsked === 2);
    await reconnected();
    pbx.enter('4.3');
    await until(() => orphans.length > 0);
    expect(orphans).toEqual(['4.4']);
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
