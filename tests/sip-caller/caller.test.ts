import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCall } from '../../src/commands/call.ts';
import { documentedNames, namesIn } from '../support/documented-names.ts';
import { placeCall, type PlaceCallOptions } from '../../src/sip-caller/caller.ts';
import { NotHeard, type ScriptedCall } from '../../src/sip-caller/scripted-call.ts';
import { parseRtpPacket } from '../../src/sip-caller/rtp-packet.ts';
import type { SipRequest } from '../../src/sip-caller/sip-message.ts';
import { FakePbx } from './fake-pbx.ts';

/** Ten frames of sound that no other recording contains. */
const voice = (seed: number): Buffer =>
  Buffer.concat(Array.from({ length: 10 }, (_, frame) => Buffer.alloc(160, Buffer.from([seed, frame, 1]))));
const recordings: Readonly<Record<string, Buffer>> = {
  'hotline/menu': voice(1),
  'hotline/enter-code-10': voice(2),
  'hotline/password-intro': voice(3),
  'hotline/changed': voice(4),
  'hotline/silence': Buffer.alloc(1600, 0xd5),
  'digits/4': voice(14),
  'digits/8': voice(18),
};

let soundsDirectory = '';
let pbx: FakePbx;
let invite: SipRequest;

beforeAll(async () => {
  soundsDirectory = await mkdtemp(join(tmpdir(), 'caller-sounds-'));
  for (const folder of ['hotline', 'digits']) await mkdir(join(soundsDirectory, folder));
  for (const [name, recording] of Object.entries(recordings))
    await writeFile(join(soundsDirectory, `${name}.alaw`), recording);
  await writeFile(
    join(soundsDirectory, 'prompts.yaml'),
    'prompts:\n  - {name: menu, text: Kính chào}\n  - {name: silence, silenceMs: 200}\n',
  );
});
afterAll(() => rm(soundsDirectory, { recursive: true }));

beforeEach(async () => {
  pbx = await FakePbx.listen((request) => {
    if (request.method === 'INVITE') {
      invite = request;
      pbx.answer(request);
    } else if (request.method === 'BYE') pbx.reply(request, 200);
  });
});
afterEach(() => pbx.close());

const call = async (options: Partial<PlaceCallOptions> = {}): Promise<ScriptedCall> =>
  await placeCall({
    target: pbx.target,
    localAddress: '127.0.0.1',
    identity: { from: '0912345678' },
    soundsDirectory,
    ...options,
  });

const play = (...names: string[]) => {
  for (const name of names) pbx.play(invite, recordings[name] ?? Buffer.alloc(0));
};
const keysReceived = (): string =>
  pbx.rtpReceived
    .map((bytes) => parseRtpPacket(bytes))
    .filter((packet) => packet?.payloadType === 101 && packet.marker)
    .map((packet) => String(packet?.payload[0]))
    .join('');

test('a script follows the call: hears the menu, presses 8, hears the next prompt to its end', async () => {
  const scripted = await call();
  play('hotline/menu');
  expect(await scripted.hears('hotline/menu')).toMatchObject({ kind: 'heard', name: 'hotline/menu' });
  await scripted.keys('8', { toneMs: 40, gapMs: 40 });
  await pbx.until(() => keysReceived() === '8');
  play('hotline/enter-code-10');
  expect(await scripted.heardToEnd('hotline/enter-code-10')).toMatchObject({ complete: true });
  await scripted.hangUp();
  expect(await scripted.ended).toMatchObject({ by: 'caller' });
  expect(scripted.transcript().map((entry) => entry.kind)).toEqual(['heard', 'keyed', 'heard', 'ended']);
});

test('each wait takes a recording once and skips those in between', async () => {
  const scripted = await call();
  play('hotline/menu', 'hotline/password-intro', 'hotline/menu', 'hotline/changed');
  const first = await scripted.hears('hotline/menu');
  expect(await scripted.heardToEnd('hotline/menu')).toMatchObject({ atMs: first.atMs });
  expect((await scripted.heardToEnd('hotline/menu')).atMs).toBeGreaterThanOrEqual(first.atMs);
  await scripted.hears(/^hotline\/ch/);
  await expect(scripted.hears('hotline/password-intro', { deadlineMs: 1 })).rejects.toThrow(NotHeard);
  await scripted.hangUp();
});

test('digits are collected separately for each reading', async () => {
  const scripted = await call();
  play(
    'hotline/password-intro',
    'digits/4',
    'digits/8',
    'hotline/silence',
    'digits/8',
    'hotline/changed',
    'digits/4',
  );
  await scripted.hears('hotline/changed');
  await scripted.heardToEnd('digits/4');
  expect(scripted.digitsHeard()).toEqual(['488', '4']);
  await scripted.hangUp();
});

test('a wait ends with the call and says what was heard until then', async () => {
  const scripted = await call();
  play('hotline/menu');
  const waiting = scripted.hears('hotline/changed');
  await scripted.heardToEnd('hotline/menu');
  pbx.request('BYE', invite);
  await expect(waiting).rejects.toThrow(/the call ended.*\n.*hotline\/menu\n.*the hotline hung up/);
  expect(await scripted.ended).toMatchObject({ by: 'pbx' });
});

test('a hang-up that arrives before the last recordings does not lose them', async () => {
  const scripted = await call();
  const row = Array.from({ length: 12 }, (_, index) => (index % 2 === 0 ? 'digits/4' : 'digits/8'));
  play(...row);
  pbx.request('BYE', invite);
  await scripted.ended;
  expect(scripted.digitsHeard()).toEqual(['484848484848']);
});

test('a prompt that is cut off was not heard to its end', async () => {
  const scripted = await call();
  pbx.play(invite, (recordings['hotline/menu'] as Buffer).subarray(0, 800));
  play('hotline/changed');
  await expect(scripted.heardToEnd('hotline/menu')).rejects.toThrow('cut off');
  await scripted.hangUp();
});

test('a signal can end a wait or hang up a call', async () => {
  const [impatient, done] = [new AbortController(), new AbortController()];
  const scripted = await call({ signal: done.signal });
  const waiting = scripted.hears('hotline/menu', { signal: impatient.signal });
  impatient.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  done.abort();
  expect(await scripted.ended).toMatchObject({ by: 'caller' });
});

test('the widest spacing of packets is known for any part of the call', async () => {
  const scripted = await call();
  play('hotline/menu');
  await scripted.heardToEnd('hotline/menu');
  expect(scripted.packetSpacing(0, scripted.nowMs)).toMatchObject({ timestampMs: 20 });
  expect(scripted.packetSpacing(-2, -1)).toEqual({ arrivalMs: 0, timestampMs: 0 });
  await scripted.hangUp();
});

/** Plays the hotline's next part each time the expected keys are complete, then hangs up. */
async function playHotline(...readings: string[][]): Promise<void> {
  await pbx.until(({ requests }) => requests.includes('ACK'));
  play('hotline/menu');
  await pbx.until(() => keysReceived() === '8');
  play('hotline/enter-code-10');
  await pbx.until(() => keysReceived() === '80123456789');
  for (const reading of readings) play('hotline/password-intro', ...reading);
  play('hotline/changed');
  await pbx.until(() => {
    pbx.request('BYE', invite);
    return true;
  });
}

test('hotline call ends with 0 when the password was heard twice, and shows the code masked', async () => {
  const lines: string[] = [];
  const hotline = playHotline(['digits/4', 'digits/8'], ['digits/4', 'digits/8']);
  const reports: Readonly<Record<string, unknown>>[] = [];
  const code = await runCall({
    target: pbx.target,
    soundsDirectory,
    write: (line) => lines.push(line),
    report: (report) => reports.push(report),
  });
  await hotline;
  expect(code).toBe(0);
  expect(reports).toMatchObject([
    { succeeded: true, said: lines.at(-1), readings: ['48', '48'], timeline: expect.any(Array) as unknown },
  ]);
  const { timeline } = reports[0] as { timeline: readonly object[] };
  expect(timeline[3]).toMatchObject({ kind: 'keyed', keys: '01******89' });
  expect(timeline.at(-1)).toMatchObject({ kind: 'ended', by: 'pbx' });
  expect([...namesIn(reports)].filter((name) => !documentedNames.get('call')!.has(name))).toEqual([]);
  const told = lines.map((line) => line.replace(/^\d\d:\d\d\.\d {2}/, ''));
  expect(told).toEqual([
    'heard  hotline/menu  «Kính chào»',
    'keyed  8',
    'heard  hotline/enter-code-10',
    'keyed  01******89',
    'heard  hotline/password-intro',
    'heard  digits  4 8',
    'heard  hotline/password-intro',
    'heard  digits  4 8',
    'heard  hotline/changed',
    'ended  the hotline hung up',
    'The new password is 48: heard twice, both times the same.',
  ]);
});

test('hotline call ends with 1 when the two readings differ, or there is none', async () => {
  const lines: string[] = [];
  const different = playHotline(['digits/4', 'digits/8'], ['digits/8']);
  expect(await runCall({ target: pbx.target, soundsDirectory, write: (line) => lines.push(line) })).toBe(1);
  await different;
  expect(lines.at(-1)).toBe('A password was heard, but not twice the same.');
});

test.each([
  ['1', 'hotline/changed', 0, 'Key 1 leads to: changed.'],
  [
    '2',
    'hotline/menu',
    1,
    'Key 2 leads nowhere. After a change of the dialplan or of a branch, start make run again.',
  ],
])('hotline call with --key %s hears %s behind it, and ends with %i', async (key, behind, exit, last) => {
  const lines: string[] = [];
  const calling = runCall({ key, target: pbx.target, soundsDirectory, write: (line) => lines.push(line) });
  await pbx.until(({ requests }) => requests.includes('ACK'));
  play('hotline/menu');
  await pbx.until(() => keysReceived() === key);
  play(behind);
  await pbx.until(() => {
    pbx.request('BYE', invite);
    return true;
  });
  expect(await calling).toBe(exit);
  expect(lines.at(-1)).toBe(last);
});

test('hotline call knows a recording that an admin has put live', async () => {
  const lines: string[] = [];
  const store = await mkdtemp(join(tmpdir(), 'caller-store-'));
  await mkdir(join(store, 'live/hotline'), { recursive: true });
  await writeFile(join(store, 'live/hotline/menu.alaw'), voice(30));
  const write = (line: string) => lines.push(line);
  const calling = runCall({ key: '1', target: pbx.target, soundsDirectory, store, write });
  await pbx.until(({ requests }) => requests.includes('ACK'));
  pbx.play(invite, voice(30));
  await pbx.until(() => keysReceived() === '1');
  play('hotline/changed');
  await pbx.until(() => {
    pbx.request('BYE', invite);
    return true;
  });
  expect(await calling).toBe(0);
  expect(lines.at(-1)).toBe('Key 1 leads to: changed.');
  await rm(store, { recursive: true });
});

test('with --type-ahead another key than 8 is pressed alone, in a menu that is no recording of the hotline', async () => {
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const calling = runCall({ key: '2', typeAhead: true, target: pbx.target, soundsDirectory, write });
  await pbx.until(() => keysReceived() !== '');
  pbx.play(invite, voice(31));
  await pbx.until(() => {
    pbx.request('BYE', invite);
    return true;
  });
  expect(await calling).toBe(0);
  expect(keysReceived()).toBe('2');
  expect(lines.at(-1)).toBe('Key 2 leads to: a recording of your own.');
});

test.each([401, 407])('hotline call says what to change in a PBX that refuses it with %i', async (status) => {
  const lines: string[] = [];
  const stranger = await FakePbx.listen((request, of) => of.reply(request, status));
  const { target } = stranger;
  expect(await runCall({ target, soundsDirectory, write: (line) => lines.push(line) })).toBe(1);
  stranger.close();
  expect(lines).toEqual([
    `hotline call: the call was refused with ${status} Test: Asterisk knows no trunk at the address of this caller; add 127.0.0.2 to "match" of your carrier's identify in pjsip.conf, then run hotline pbx reload (docs/admin.md, step 8)`,
  ]);
});

test('hotline call says how to start the hotline when nothing answers', async () => {
  const lines: string[] = [];
  const gone = await FakePbx.listen(() => undefined);
  const { target } = gone;
  gone.close();
  expect(await runCall({ target, soundsDirectory, write: (line) => lines.push(line) })).toBe(1);
  expect(lines).toEqual([`hotline call: nothing answers at ${target}: start it with \`make run\``]);
});
