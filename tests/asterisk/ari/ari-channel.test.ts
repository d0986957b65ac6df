import { setTimeout } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { Client } from 'ari-client';
import { createLogger } from 'winston';
import { AriChannel, type ChannelContext } from '../../../src/asterisk/ari/ari-channel.ts';
import { AriConnectionLost, AriRequestFailed } from '../../../src/asterisk/ari/ari-errors.ts';
import { AriHttp } from '../../../src/asterisk/ari/ari-http.ts';
import type { AriConnection, AriTimings } from '../../../src/asterisk/ari/ari-connection.ts';
import { ChannelGone, type Channel } from '../../../src/call/channel.ts';
import { connectTo, log, ringingCall } from '../../support/fakes/connect-scripted.ts';
import { until } from '../../support/until.ts';
import { ScriptedAri, type Answer } from '../../support/fakes/scripted-ari.ts';

let pbx: ScriptedAri;
let ari: AriConnection;
let channel: Channel;

beforeEach(async () => {
  pbx = await ScriptedAri.start();
  await takeCall();
});

/** Connects, and takes a call that is not answered yet. */
async function takeCall(timings: Partial<AriTimings> = {}): Promise<void> {
  ari = await connectTo(pbx, timings);
  channel = await ringingCall(pbx, ari);
}

afterEach(async () => {
  ari.close();
  await pbx.stop();
});

const failures: [what: string, answer: Answer][] = [
  ['resets the connection', 'reset'],
  ['never answers', 'never'],
  ['answers 500', { status: 500, body: '<html>' }],
  ['does not stop answering', { status: 200, body: 'x'.repeat(5_000_000) }],
];

describe.each(failures)('an Asterisk that %s', (_what, answer) => {
  beforeEach(async () => {
    if (answer === 'never') {
      ari.close();
      pbx.channels.clear();
      await takeCall({ operationMs: 1000 });
    }
    pbx.answer('POST', /channels/, answer);
  });

  test('makes answering fail within its deadline', async () => {
    await expect(channel.answer()).rejects.toThrow(/POST \/ari\/channels\/1\.1\/answer/);
  });

  test('makes a playback end as failed', async () => {
    expect(await channel.play(['hotline/goodbye']).ended).toBe('failed');
  });

  test('makes the hand-over to the operator fail within its deadline', async () => {
    await expect(channel.exit('operator')).rejects.toThrow(/continue/);
  });

  test('does not make hanging up fail', async () => {
    pbx.answer('DELETE', /channels/, answer);
    await channel.hangUp();
    expect(channel.gone.aborted).toBe(false); // it is tried again when the event socket is back
  });

  test('is not mistaken for a hang-up when it is asked whether the caller is there', async () => {
    pbx.answer('GET', /channels/, answer);
    await expect(channel.readLine()).rejects.not.toThrow(ChannelGone);
  });
});

/** How often Asterisk was asked to do this. */
const asked = (method: string, path: RegExp) =>
  pbx.requests.filter((request) => request.method === method && path.test(request.path)).length;

/** Breaks the connection `times` times, then answers. */
function breaking(times: number, answer: Answer): () => Answer {
  let left = times;
  return () => (left-- > 0 ? 'reset' : answer);
}

test('a request that may be carried out twice is sent again when its connection breaks, up to four times', async () => {
  pbx.answer('POST', /answer/, breaking(4, { status: 204, body: '' }));
  await channel.answer();
  expect(asked('POST', /answer$/)).toBe(5);
  pbx.answer('GET', /channels/, breaking(5, { status: 200, body: pbx.snapshot('1.1') }));
  await expect(channel.readLine()).rejects.not.toThrow(ChannelGone);
  await channel.readLine();
});

const queued = {
  id: '1.1-0',
  state: 'queued',
  target_uri: 'channel:1.1',
  media_uri: 'sound:hotline/goodbye',
};

test('a request that Asterisk refuses with 503 was not carried out, so it is sent again, whatever it is', async () => {
  let left = 4;
  const played = { status: 201, body: {} };
  pbx.answer('POST', /play/, () => (left-- > 0 ? { status: 503, body: { message: 'busy' } } : played));
  const { ended } = channel.play(['hotline/goodbye']);
  await until(() => asked('POST', /play/) === 5);
  expect(await Promise.race([ended, channel.readLine()])).toMatchObject({ sent: null });
});

test.each(['channels/call-back-1?endpoint=x', 'channels/1.1/variable?variable=y'])(
  'POST %s is sent once, whatever becomes of it: a phone would ring twice, or a timer be set late',
  async (path) => {
    const http = new AriHttp({
      ...{ url: pbx.url, username: pbx.username, password: pbx.password },
      ...{ deadlineMs: 5000, maxSockets: 1 },
    });
    pbx.answer('POST', /channels/, 'reset');
    await expect(http.send('POST', `/ari/${path}`)).rejects.toThrow(AriConnectionLost);
    expect(asked('POST', /channels/)).toBe(1);
    pbx.answer('POST', /variable/, { status: 503, body: { message: 'busy' } });
    await expect(http.send('POST', '/ari/channels/1.2/variable?variable=y')).rejects.toThrow('503');
    expect(asked('POST', /1\.2\/variable/)).toBe(1);
    http.close();
  },
);

test.each([
  ['taken and its answer lost', 1, { status: 200, body: queued }],
  ['lost', 3, { status: 404, body: { message: 'Playback not found' } }],
] as const)('a sentence whose request was %s is queued once', async (_what, posts, playback) => {
  pbx.answer('POST', /play/, breaking(2, { status: 201, body: {} }));
  pbx.answer('GET', /playbacks/, playback);
  const { ended } = channel.play(['hotline/goodbye']);
  await until(() => asked('POST', /play/) === posts && asked('GET', /playbacks/) > 0);
  expect(await Promise.race([ended, channel.readLine()])).toMatchObject({ sent: null });
  expect(asked('POST', /play/)).toBe(posts);
});

test('more requests than connections wait their turn, and all are answered', async () => {
  pbx.answer('GET', /variable/, { status: 200, body: { value: 'caller' } });
  const answers = await Promise.all(Array.from({ length: 300 }, () => channel.readClaims()));
  expect(answers).toHaveLength(300);
  expect(pbx.maxConnections).toBeGreaterThan(50); // the pool was in use, and full
  expect(pbx.maxConnections).toBeLessThan(100); // http.conf, sessionlimit: Asterisk does not answer beyond it
});

test('a hang-up that was reported before the answer that the channel exists counts', async () => {
  pbx.answer('GET', /channels/, () => {
    pbx.send('StasisEnd', { channel: pbx.snapshot('1.1') });
    return { status: 200, body: pbx.snapshot('1.1') };
  });
  await expect(channel.readLine()).rejects.toThrow(ChannelGone);
});

test('a hang-up that arrived together with the answer, but is read after it, counts', async () => {
  const leaving: AriChannel = new AriChannel(
    contextOf(() => answerThen(() => leaving.leave('the caller hung up'))),
    { ...pbx.snapshot('1.2'), name: 'Local/2' },
  );
  await expect(leaving.readLine()).rejects.toThrow(ChannelGone);
});

/**
 * Resolves, and runs `next` after whoever waits has read the answer, but in the same round of the event loop, as
 * when two messages have arrived together.
 */
async function answerThen(next: () => void): Promise<void> {
  await setTimeout(1);
  void inSameRound(next);
}

async function inSameRound(next: () => void): Promise<void> {
  for (let step = 0; step < 100; step++) await Promise.resolve();
  next();
}

/** The context of a channel that only asks whether it still exists, or only for its headers. */
function contextOf(
  get: () => Promise<void>,
  getChannelVar?: (asked: Asked) => Promise<object>,
): ChannelContext {
  return {
    client: { channels: { get, getChannelVar } } as unknown as Client,
    logger: createLogger({ silent: true }),
    language: 'vi',
    soundLengths: new Map(),
    hears: () => true,
  };
}

/** What is asked of a channel. */
type Asked = { variable: string };

test('an asserted number that is not UTF-8 is one that cannot be read, and does not pass for absent', async () => {
  const refuse = (reason: string) => Promise.reject(new AriRequestFailed('GET variable', 500, reason));
  const headers: Record<string, string> = {
    From: '<sip:0912345678@x>',
    Via: 'SIP/2.0/UDP x',
    'P-Asserted-Identity,2': '',
  };
  const read = ({ variable }: Asked) => {
    const name = /^PJSIP_HEADER\(read,(.*)\)$/.exec(variable)?.[1] ?? '';
    const value = headers[name];
    if (value === undefined) return refuse('500 Unable to read provided function');
    return value === '' ? refuse('500 ') : Promise.resolve({ value });
  };
  const call = new AriChannel(
    contextOf(() => Promise.resolve(), read),
    pbx.snapshot('1.2'),
  );
  const claims = { asserted: [''], from: '0912345678', isAnsweredElsewhere: false };
  expect(await call.readClaims()).toEqual(claims);
  headers['From'] = headers['Via'] = '';
  expect(await call.readClaims()).toEqual({ ...claims, from: '', isAnsweredElsewhere: true });
});

test.each([404, 409])('an answer of %i means that the caller has gone', async (status) => {
  pbx.answer('POST', /channels/, { status, body: { message: 'Channel not found' } });
  await expect(channel.answer()).rejects.toThrow(ChannelGone);
  expect(channel.gone.aborted).toBe(true);
  expect(await channel.play(['hotline/goodbye']).ended).toBe('gone');
  await channel.hangUp();
});

test.each(['StasisEnd', 'ChannelHangupRequest', 'ChannelDestroyed'])(
  '%s means that the caller has gone',
  async (type) => {
    pbx.send(type, { channel: pbx.snapshot('1.1') });
    await until(() => channel.gone.aborted);
    expect(channel.gone.reason).toBeInstanceOf(ChannelGone);
  },
);

test('a channel that is up is not answered again', async () => {
  await channel.answer();
  await channel.answer();
  expect(pbx.requests.filter(({ path }) => path.endsWith('/answer'))).toHaveLength(1);
});

test('the sounds are in the body of the request, never in its URL: they may spell a password', async () => {
  channel.play(['digits/4', 'digits/2']);
  const play = () => pbx.requests.find(({ path }) => path.includes('/play/'));
  await until(() => play() !== undefined);
  expect(JSON.parse(play()!.body)).toEqual({ media: ['sound:digits/4', 'sound:digits/2'], lang: 'vi' });
  expect(play()!.path).not.toContain('digits');
});

test('playbacks are requested in order, and a stop waits until Asterisk has queued those before it', async () => {
  const first = channel.play(['digits/1']);
  channel.play(['digits/2']);
  await first.stop();
  const asked = pbx.requests
    .filter(({ path }) => /\/play(backs)?\//.test(path))
    .map(({ method, body }) => method + (/digits.\d/.exec(body)?.[0] ?? ''));
  expect(asked).toEqual(['POSTdigits/1', 'POSTdigits/2', 'DELETE']);
});

test('a second playback is not requested before Asterisk has queued the first: on another connection it might overtake', async () => {
  const taken = Promise.withResolvers<Answer>();
  pbx.answer('POST', /play/, taken.promise);
  channel.play(['digits/1']);
  channel.play(['digits/2']);
  const asked = () => pbx.requests.filter(({ path }) => path.includes('/play/')).length;
  await until(() => asked() === 1);
  await channel.answer(); // a whole round trip later
  expect(asked()).toBe(1);
  taken.resolve({ status: 200, body: {} });
  await until(() => asked() === 2);
});

/** What the timer was set to, s. */
const timerSet = () => pbx.requests.flatMap(({ path }) => /EXPORT.*value=([\d.]+)/.exec(path)?.[1] ?? []);

/** Plays a sentence, and resolves when it sounds and the timer covers it. */
async function playAndCover(): Promise<void> {
  channel.play(['hotline/goodbye']);
  const play = () => pbx.requests.find(({ path }) => path.includes('/play/'));
  await until(() => timerSet().length === 1 && play() !== undefined);
  expect(timerSet()).toEqual(['2.800']);
  const playback = {
    id: /play\/([^?]+)/.exec(play()!.path)![1],
    state: 'playing',
    media_uri: 'sound:hotline/goodbye',
    target_uri: 'channel:1.1',
  };
  pbx.send('PlaybackStarted', { playback });
  await until(() => timerSet().length === 2);
}

test('a sentence is covered by the timer only when it sounds: who freezes before leaves nobody in silence', async () => {
  await playAndCover();
  expect(Number(timerSet()[1])).toBeGreaterThan(2.8);
});

test("a call whose timer has run out is the dialplan's, even if no event said so: it is not hung up", async () => {
  await playAndCover(); // set twice, the second time after the answer to the first
  const now = performance.now();
  const later = jest.spyOn(performance, 'now').mockReturnValue(now + 60_000);
  try {
    await channel.hangUp();
  } finally {
    later.mockRestore();
  }
  expect(pbx.requests.filter(({ method }) => method === 'DELETE')).toEqual([]);
  expect(channel.gone.reason).toMatchObject({ reason: 'the PBX took the call back' });
});

test('a call goes to the operator by the context of that name in the dialplan, after its playbacks are stopped', async () => {
  channel.play(['digits/1']);
  await channel.exit('operator');
  const last = pbx.requests.slice(-3).map(({ method, path }) => `${method} ${path}`);
  expect(last).toEqual([
    expect.stringMatching(/^DELETE \/ari\/playbacks\//),
    expect.stringMatching(/^POST .*EXPORT.*value=900.000$/), // the timer would cut off the conversation
    'POST /ari/channels/1.1/continue?context=hotline-asked-operator&extension=s&priority=1',
  ]);
  expect(channel.gone.aborted).toBe(true);
});

test('keys A to D are dropped, all others are delivered in order', async () => {
  const keys: string[] = [];
  for (const digit of '1A2B*C#D0')
    pbx.send('ChannelDtmfReceived', { channel: pbx.snapshot('1.1'), digit, duration_ms: 80 });
  channel.onDigit((key) => keys.push(key));
  await until(() => keys.length === 5);
  expect(keys.join('')).toBe('12*#0');
});

test('a line about a channel names it, as the lines of its call do', async () => {
  pbx.answer('DELETE', /channels/, { status: 500, body: { message: 'Internal error' } });
  await channel.hangUp();
  expect(log.map((line) => JSON.parse(line) as object)).toContainEqual(
    expect.objectContaining({
      message: 'A call could not be hung up',
      channelId: '1.1',
    }),
  );
});
