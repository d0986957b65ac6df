import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { AriUnavailable } from '../../../src/asterisk/ari/ari-errors.ts';
import { reachAri } from '../../../src/asterisk/ari/connect-ari.ts';
import { connectTo, log, optionsFor } from '../../support/fakes/connect-scripted.ts';
import { ScriptedAri, type Answer } from '../../support/fakes/scripted-ari.ts';
import { until } from '../../support/until.ts';

let pbx: ScriptedAri;

beforeEach(async () => {
  pbx = await ScriptedAri.start();
});

afterEach(() => pbx.stop());

test('a wrong ARI password is named as such, and not printed', async () => {
  const attempt = connectTo({ url: pbx.url, username: 'hotline', password: 'wrong-password' });
  await expect(attempt).rejects.toThrow(
    `ARI at ${pbx.url} refused user hotline: check ARI_USERNAME and ARI_PASSWORD`,
  );
  await expect(attempt).rejects.not.toThrow('wrong-password');
});

test('an HTTP server without ARI is named as such', async () => {
  pbx.answer('GET', /./, { status: 404, body: { message: 'Not Found' } });
  await expect(connectTo(pbx)).rejects.toThrow(`there is no ARI at ${pbx.url}`);
});

test('an address where nothing listens is an error, not a wait', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, 'close');
  await expect(connectTo({ url, username: 'hotline', password: 'x' })).rejects.toThrow(/ECONNREFUSED/);
});

describe('a start for which Asterisk need not answer yet', () => {
  const waiting = () =>
    log.filter((line) => line.includes('Asterisk does not answer; waiting for it')).length;

  test('waits for it, says so once, and goes on by itself', async () => {
    const saidBefore = waiting();
    let asked = 0;
    pbx.answer('GET', /^\/ari\/asterisk\/info$/, () => (++asked <= 10 ? 'reset' : { status: 200, body: {} }));
    const ari = await reachAri(optionsFor(pbx), new AbortController().signal);
    await ari!.checkSounds([]);
    expect(waiting() - saidBefore).toBe(1);
    ari!.close();
  });

  test('ends when it is asked to stop meanwhile', async () => {
    pbx.answer('GET', /./, 'reset');
    const stop = new AbortController();
    const saidBefore = waiting();
    const reached = reachAri(optionsFor(pbx), stop.signal);
    await until(() => waiting() > saidBefore);
    stop.abort();
    expect(await reached).toBeNull();
  });

  test.each([401, 404, 500])('does not wait for one that answers %i', async (status) => {
    pbx.answer('GET', /./, { status, body: {} });
    await expect(reachAri(optionsFor(pbx), new AbortController().signal)).rejects.toThrow(AriUnavailable);
  });

  test('does not wait for one whose TLS is not what was expected', async () => {
    const url = pbx.url.replace('http:', 'https:');
    const reached = reachAri(optionsFor({ ...pbx, url }), new AbortController().signal);
    await expect(reached).rejects.toThrow('expected TLS, and the server does not speak it');
  });
});

const misbehaviour: [what: string, answer: Answer][] = [
  ['answers 500', { status: 500, body: { message: 'Internal Server Error' } }],
  ['answers 503 with a web page', { status: 503, body: '<html>' }],
  ['resets the connection', 'reset'],
  ['never answers', 'never'],
];

test.each(misbehaviour)(
  'an Asterisk that %s at the first request stops the start with one error',
  async (_what, answer) => {
    pbx.answer('GET', /^\/ari\/asterisk\/info$/, answer);
    await expect(connectTo(pbx, { operationMs: 200 })).rejects.toThrow(AriUnavailable);
  },
);

test.each<[string, Answer]>([
  ...misbehaviour,
  ['answers 401', { status: 401 }],
  ['sends no JSON', { status: 200, body: '<html>' }],
])(
  'an Asterisk that %s when its API documents are read stops the start with one error',
  async (_what, answer) => {
    pbx.answer('GET', /api-docs\/channels/, answer);
    await expect(connectTo(pbx, { operationMs: 100 })).rejects.toThrow(AriUnavailable);
  },
);

test('an event socket that is refused at the start stops the start', async () => {
  pbx.refuseSockets = true;
  await expect(connectTo(pbx)).rejects.toThrow(AriUnavailable);
});

test('an event socket that is never answered stops the start', async () => {
  pbx.answer('PUT', /eventFilter/, 'never');
  await expect(connectTo(pbx, { operationMs: 200 })).rejects.toThrow(AriUnavailable);
});

test('two Asterisks with different passwords can be used at once', async () => {
  const other = await ScriptedAri.start();
  Object.assign(other, { password: 'quite-another-password' });
  const both = [await connectTo(pbx), await connectTo(other)];
  await both[0]!.checkSounds([]);
  await both[1]!.checkSounds([]);
  for (const ari of both) ari.close();
  await other.stop();
});

test('every sound is asked for in both formats, and all that are missing are named', async () => {
  const ari = await connectTo(pbx);
  pbx.answer('GET', /\/ari\/sounds$/, { status: 200, body: [{ id: 'hotline/menu' }] });
  await ari.checkSounds(['hotline/menu']);
  await expect(ari.checkSounds(['hotline/menu', 'digits/7', 'digits/8'])).rejects.toMatchObject({
    missing: ['digits/7 (alaw)', 'digits/7 (slin16)', 'digits/8 (alaw)', 'digits/8 (slin16)'],
  });
  expect(pbx.requests.map(({ path }) => path)).toContain('/ari/sounds?lang=vi&format=slin16');
  ari.close();
});

test('the ARI password never reaches the log', () => {
  expect(log.join()).not.toContain(pbx.password);
  expect(log.join()).not.toContain('api_key');
});
