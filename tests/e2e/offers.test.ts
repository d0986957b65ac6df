/**
 * What carriers and phones offer beside plain A-law, in every order: a call that works, heard and keyed,
 * or a clean refusal. Never an answered call in which nothing flows.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MediaLines } from '../../src/sip-caller/sdp.ts';
import { runStateDirectory } from '../support/machine/hotline-under-test.ts';
import { isLetGo } from '../support/machine/let-go.ts';
import { letGoWithinMs } from '../support/machine/longest-silence.ts';
import { pbxConsole } from '../support/machine/pbx-console.ts';
import { callFrom } from '../support/machine/phone-call.ts';
import { until } from '../support/until.ts';

const alaw = ['a=rtpmap:8 PCMA/8000'];
const events = (type: number, rate = 8000) => [`a=rtpmap:${type} telephone-event/${rate}`];
/** A-law with keys, by a profile and with further attributes. */
const audio =
  (profile = 'RTP/AVP', ...more: string[]): MediaLines =>
  (port) => [`m=audio ${port} ${profile} 8 101`, ...alaw, ...events(101), ...more];
/** A-law with these payload types for keys. */
const keyed =
  (types: string, ...lines: string[]): MediaLines =>
  (port) => [`m=audio ${port} RTP/AVP ${types}`, ...alaw, ...lines];
/** Media lines in this order. */
const lines =
  (...parts: (MediaLines | readonly string[])[]): MediaLines =>
  (port) =>
    parts.flatMap((part) => (typeof part === 'function' ? part(port) : part));

const plain = audio();
const fax = ['m=image 40000 udptl t38', 'a=T38FaxVersion:0', 'a=T38FaxUdpEC:t38UDPRedundancy'];
const video = ['m=video 40002 RTP/AVP 96', 'a=rtpmap:96 H264/90000'];
const text = ['m=text 40004 RTP/AVP 98', 'a=rtpmap:98 t140/1000'];
const chat = ['m=message 40006 TCP/MSRP *', 'a=path:msrp://127.0.0.2:40006/abc;tcp'];
const floor = ['m=application 40008 UDP/BFCP *'];
const declined = ['m=audio 0 RTP/AVP 8'];
const g729 = ['m=audio 40010 RTP/AVP 18', 'a=rtpmap:18 G729/8000'];
const sdes = 'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz';
const dtls = [`a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => '4A').join(':')}`, 'a=setup:actpass'];
const ice = ['a=ice-ufrag:abcd', 'a=ice-pwd:abcdefghijklmnopqrstuvwx'];
const encrypted = () => [`m=audio 40012 RTP/SAVP 8`, ...alaw, sdes];

const served: Record<string, MediaLines> = {
  'A-law and RFC 4733': plain,
  'T.38 behind the audio': lines(plain, fax),
  'T.38 before the audio': lines(fax, plain),
  'T.38 twice': lines(plain, fax, fax),
  'T.38 over TCP': lines(plain, ['m=image 40000 TCP t38']),
  'T.38 over RTP': lines(plain, ['m=image 40000 RTP/AVP 99', 'a=rtpmap:99 t38/8000']),
  'T.38 at port 0': lines(['m=image 0 udptl t38'], plain),
  'T.38, video, text and chat': lines(fax, video, plain, text, chat),
  'video behind the audio': lines(plain, video),
  'video before the audio': lines(video, plain),
  'real-time text': lines(text, plain),
  'a chat (MSRP)': lines(chat, plain),
  'floor control (BFCP)': lines(plain, floor),
  'a data channel': lines(plain, ['m=application 40008 UDP/DTLS/SCTP webrtc-datachannel']),
  'media that nobody knows': lines(plain, ['m=foo 40008 RTP/AVP 0']),
  'a second line of audio': lines(plain, ['m=audio 40014 RTP/AVP 8', ...alaw]),
  'a declined line of audio behind it': lines(plain, declined),
  'an encrypted line of audio behind it': lines(plain, encrypted),
  'a bundle': lines(['a=group:BUNDLE 0 1'], audio('RTP/AVP', 'a=mid:0', 'a=rtcp-mux'), [...video, 'a=mid:1']),
  'optional SRTP': audio('RTP/AVP', sdes),
  'optional DTLS': audio('RTP/AVP', ...dtls),
  ICE: audio('RTP/AVP', ...ice),
  'keys at 8 and 16 kHz': keyed('8 101 100', ...events(101), ...events(100, 16_000)),
  'keys at 48 and 8 kHz': keyed('8 110 97', ...events(110, 48_000), ...events(97)),
  'keys twice at 8 kHz': keyed('8 96 101', ...events(96), ...events(101)),
  'keys before the codec': keyed('101 8', ...events(101)),
  'keys as tones in the audio': keyed('8'),
  'no rtpmap at all': (port) => [`m=audio ${port} RTP/AVP 8`],
};

const refused: Record<string, MediaLines> = {
  'T.38 alone': () => fax,
  'video alone': () => video,
  'G.729 alone': () => g729,
  'nothing at all': () => [],
  'mandatory SRTP': audio('RTP/SAVP', sdes),
  'mandatory SRTP with feedback': audio('RTP/SAVPF', sdes),
  'mandatory DTLS': audio('UDP/TLS/RTP/SAVPF', ...dtls),
  'feedback (AVPF)': audio('RTP/AVPF'),
  'mandatory SRTP before plain audio': lines(encrypted, plain),
};

test.concurrent.each(Object.entries(served))('served and keyed: %s', async (_, media) => {
  const call = await callFrom('0912345678', { media });
  await call.hears('hotline/menu');
  await call.keys('9');
  await call.hears('hotline/goodbye');
  await call.hangUp();
});

test.concurrent.each([0, 900])(
  'served and keyed: no offer in the INVITE, and an answer in an ACK %i ms after the offer of the PBX',
  async (answersAfterMs) => {
    const call = await callFrom('0912345678', { answersAfterMs });
    await call.hears('hotline/menu');
    await call.keys('9');
    await call.hears('hotline/goodbye');
    await call.hangUp();
  },
);

const log = () => readFileSync(join(runStateDirectory(), 'logs/application.log'), 'utf8');

test.concurrent.each(Object.entries(refused))('refused with 488: %s', async (_, media) => {
  await expect(callFrom('0912345678', { media })).rejects.toMatchObject({ status: 488 });
});

test.concurrent.each([
  ['audio RTP/AVP (G729)', g729],
  ['audio RTP/SAVP (PCMA telephone-event; SDES)', audio('RTP/SAVP', sdes)(40_016)],
  ['audio UDP/TLS/RTP/SAVPF (PCMA telephone-event; DTLS)', audio('UDP/TLS/RTP/SAVPF', ...dtls)(40_016)],
])('the log says what was offered, and by whom: %s', async (offered, media) => {
  await expect(callFrom('0912345678', { media: () => media })).rejects.toMatchObject({ status: 488 });
  await until(() => log().includes(`status=488  offered=${offered}\n`));
});

// Asterisk answers without telephone events, and takes them all the same.
test.concurrent('served and keyed: 16 kHz before 8 kHz for one payload type', async () => {
  const media = keyed('8 101', ...events(101, 16_000), ...events(101));
  const call = await callFrom('0912345678', { media, sendsEventsAs: 101 });
  await call.hears('hotline/menu');
  await call.keys('9');
  await call.hears('hotline/goodbye');
  await call.hangUp();
});

// Asterisk sends and takes sound on such a line, and says nothing of it (ADR 29).
test.concurrent.each([
  ['behind a declined line', lines(declined, plain)],
  ['behind G.729 on a line of its own', lines(g729, plain)],
])('let go with an apology, logged and counted: audio %s', async (_, media) => {
  const call = await callFrom('0912345678', { media });
  await isLetGo(call, 0, 'hotline/unavailable');
});

// Asterisk takes any profile that it does not know for RTP/AVP, and its SIP library then answers with
// port 0 (ADR 29). Nothing in Asterisk tells such a call from others but that no packet ever comes.
test.concurrent.each([
  ['RTP over TCP', { media: audio('TCP/RTP/AVP'), staysWithoutMedia: true }],
  ['a profile that nobody knows', { media: audio('FOO/BAR'), staysWithoutMedia: true }],
  ['a phone that sends nothing', {}],
])('let go with a word after one menu, logged and counted: %s', async (_, options) => {
  const call = await callFrom('0912345678', { ...options, isMute: true });
  await call.heardToEnd('hotline/menu-silence');
  await call.heardToEnd('hotline/goodbye');
  const { by, atMs } = await call.ended;
  expect({ by, inTime: atMs < letGoWithinMs }).toEqual({ by: 'pbx', inTime: true });
});

test.concurrent('a call from a phone that sends nothing but keys is served', async () => {
  const call = await callFrom('0912345678', { isMute: true });
  await call.heardToEnd('hotline/menu');
  await call.keys('9');
  await call.hears('hotline/goodbye');
  await call.hangUp();
});

afterAll(async () => {
  // Two without a line and three without sound, counted and with an address, but without a number.
  await until(async () => /no-media +: 5\b/.test(await pbxConsole('database show hotline')));
  expect(await pbxConsole('database show hotline')).toMatch(/no-media-last +: \S+Z 127\.0\.0\.2:\d+/);
});
