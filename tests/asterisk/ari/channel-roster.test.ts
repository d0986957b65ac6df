import type { AriConnection } from '../../../src/asterisk/ari/ari-connection.ts';
import type { Channel } from '../../../src/call/channel.ts';
import { connectTo, log, nextCall } from '../../support/fakes/connect-scripted.ts';
import { until } from '../../support/until.ts';
import { ScriptedAri } from '../../support/fakes/scripted-ari.ts';

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

afterAll(() => {
  expect(log.join()).not.toContain(pbx.password);
  expect(log.join()).not.toContain('api_key');
});

/** Connects as the successor of a process that died and left these channels. */
async function succeed(ids: readonly string[], timings = {}): Promise<void> {
  ari.close();
  for (const id of ids) pbx.channels.add(id);
  ari = await connectTo(pbx, timings);
}

describe('channels of a process that died', () => {
  test('are not announced as interrupted if they are the far half of a call-back, which belongs to the dialplan', async () => {
    await succeed(['call-back-1;2', '4.9']);
    const interrupted: string[] = [];
    ari.onInterrupted((channel) => interrupted.push(channel.id));
    await until(() => interrupted.length > 0);
    expect(interrupted).toEqual(['4.9']);
    expect(pbx.requests.filter(({ path }) => path.includes('call-back-1'))).toEqual([]);
  });

  test('are announced as interrupted, once', async () => {
    await succeed(['4.1']);
    const interrupted: string[] = [];
    ari.onInterrupted((channel) => interrupted.push(channel.id));
    await until(() => interrupted.length > 0);
    pbx.enter('4.1'); // Asterisk may report it again
    pbx.enter('4.2');
    const calls: string[] = [];
    ari.onCall((channel) => calls.push(channel.id));
    await until(() => calls.length > 0);
    expect({ interrupted, calls }).toEqual({ interrupted: ['4.1'], calls: ['4.2'] });
  });

  test('are looked up until Asterisk answers, and no more once it says that they are gone', async () => {
    const asked = (id: string) =>
      pbx.requests.filter(({ method, path }) => method === 'GET' && path === `/ari/channels/${id}`).length;
    pbx.answer('GET', /channels.4\.5$/, { status: 404, body: { message: 'Channel not found' } });
    pbx.answer('GET', /channels.4\.6$/, { status: 503 });
    await succeed(['4.5', '4.6']);
    await until(() => asked('4.6') === 3);
    pbx.answer('GET', /channels.4\.6$/, { status: 200, body: pbx.snapshot('4.6') });
    const interrupted = await new Promise<Channel>((resolve) => ari.onInterrupted(resolve));
    expect(interrupted.id).toBe('4.6');
    expect(asked('4.5')).toBe(1);
  });

  test('do not include a call that has just come in, though it is already in the list', async () => {
    await succeed(['4.3', '4.4'], { unannouncedMs: 1000 });
    const interrupted: string[] = [];
    ari.onInterrupted((channel) => interrupted.push(channel.id));
    pbx.enter('4.3');
    await until(() => interrupted.length > 0);
    expect(interrupted).toEqual(['4.4']);
  });
});

describe('while the event socket stays open', () => {
  beforeEach(async () => {
    ari.close();
    ari = await connectTo(pbx, { reconcileMs: 20, unannouncedMs: 10 });
  });

  test('a call whose start was not reported is served with its arguments, and one whose end was not reported is released', async () => {
    const call = nextCall(ari);
    pbx.enter('5.1');
    const known = await call;
    pbx.channels.delete('5.1');
    await until(() => known.gone.aborted);
    const found = new Promise((resolve) => ari.onCall(({ id }, args) => resolve([id, args])));
    pbx.enterUnannounced('5.2', ['reset', 'asserted']);
    expect(await found).toEqual(['5.2', ['reset', 'asserted']]);
  });

  test('the keys of a call whose start was not reported are kept until it is found', async () => {
    const press = (id: string, digit: string) =>
      pbx.send('ChannelDtmfReceived', { channel: pbx.snapshot(id), digit, duration_ms: 100 });
    pbx.enterUnannounced('5.5', ['reset', 'asserted']);
    for (const digit of '01234') press('5.5', digit);
    const keys: string[] = [];
    ari.onCall((channel) => channel.onDigit((key) => keys.push(key)));
    await until(() => keys.length > 0);
    press('5.5', '5');
    await until(() => keys.includes('5'));
    expect(keys.join('')).toBe('012345');
  });

  test('a listed channel that has gone back to the dialplan is left alone, however often it is looked at', async () => {
    const calls: string[] = [];
    ari.onCall((channel) => calls.push(channel.id));
    pbx.inDialplan.add('5.3');
    pbx.channels.add('5.3');
    await until(() => pbx.requests.filter(({ path }) => path === '/ari/channels/5.3').length >= 3);
    pbx.channels.add('5.4');
    await until(() => calls.length > 0);
    expect(calls).toEqual(['5.4']);
    expect(
      pbx.requests.filter(({ method, path }) => path.startsWith('/ari/channels/5.3') && method !== 'GET'),
    ).toEqual([]);
  });
});

test('a call that has left us is not taken for another while Asterisk still lists it', async () => {
  ari.close();
  ari = await connectTo(pbx, { reconcileMs: 10, unannouncedMs: 10 });
  const calls: string[] = [];
  ari.onCall((channel) => calls.push(channel.id));
  pbx.enter('7.1');
  pbx.send('StasisEnd', { channel: pbx.snapshot('7.1') });
  pbx.channels.add('7.2');
  await until(() => calls.includes('7.2'));
  expect(calls).toEqual(['7.1', '7.2']);
});

test('a call that enters while the application is leaving goes back to the dialplan, and no other does', async () => {
  pbx.inDialplan.add('6.1');
  for (const id of ['6.1', '6.2']) pbx.channels.add(id);
  await ari.retire();
  expect(pbx.openSockets).toBe(0);
  const continued = pbx.requests.filter(({ path }) => path.includes('/continue')).map(({ path }) => path);
  expect(new Set(continued)).toEqual(
    new Set(['/ari/channels/6.2/continue?context=hotline-unavailable&extension=s&priority=1']),
  );
});
