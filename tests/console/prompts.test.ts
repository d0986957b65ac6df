/** Prompts: what is shown, made, refused and put live, and what is on record of it. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { callPaths } from '../../src/call/paths/call-paths.ts';
import { english } from '../../src/console/words/en.ts';
import { vietnamese } from '../../src/console/words/vi.ts';
import { createLogger } from '../../src/logger.ts';
import { LiveRecordings } from '../../src/recordings/own/live-recordings.ts';
import { PromptDesk } from '../../src/recordings/own/prompt-desk.ts';
import { shippedSounds } from '../../src/recordings/sounds-directory.ts';
import { RegistryUnavailable } from '../../src/registry/registry-unavailable.ts';
import { noticesIn, openConsole, textOf, tokenIn, Visitor } from '../support/console/browse.ts';
import { MemoryConsole } from '../support/console/memory-console.ts';
import { silenceOf, speechOf, wavOf } from '../support/recordings/wav.ts';

const live = (store: string, file: string) => readFileSync(join(store, 'live', file));
const shipped = (file: string) => readFileSync(join(shippedSounds, file));

let store: string;
let recordings: LiveRecordings;
let hasSound: boolean | null;
let memory: MemoryConsole;
let server: Awaited<ReturnType<typeof openConsole>>;
let admin: Visitor;
beforeEach(async () => {
  store = mkdtempSync(join(tmpdir(), 'hotline-prompts-'));
  const logger = createLogger({ level: 'error', format: 'pretty' });
  recordings = await LiveRecordings.open({ directory: store, program: shippedSounds }, logger);
  hasSound = true;
  memory = new MemoryConsole();
  memory.prompts = new PromptDesk(recordings, () => Promise.resolve(hasSound));
  server = await openConsole(memory);
  admin = new Visitor(server);
  await admin.signIn('admin');
  memory.acts.length = 0;
});
afterEach(async () => {
  recordings.close();
  await server.close();
  rmSync(store, { recursive: true });
});

const acts = () => memory.acts.map(({ user, what }) => [user, what]);
/** A voice that is softer than the program's, so that it is another recording. */
const voice = (sound = 'hotline/menu') => wavOf(speechOf(sound, 0.3));

async function upload(
  bytes: Uint8Array,
  { name = 'menu', token, file = 'voice.wav' }: { name?: string; token?: string; file?: string } = {},
) {
  const given = token ?? tokenIn((await admin.get(`/prompts/${name}`)).body);
  return admin.sendFile(`/prompts/${name}/upload`, given, bytes, file);
}

test('Prompts shows every prompt with its words, length and level, and every path with its time and cost', async () => {
  const { body } = await admin.get('/prompts');
  const shown = textOf(body);
  for (const part of [
    'Kính chào quý khách.',
    'digits/7',
    '−22,',
    '1.000 đ',
    '2.000 đ',
    'trong 60 giây',
    'của chương trình',
  ])
    expect(shown).toContain(part);
  expect([...body.matchAll(/<td class="path">/g)]).toHaveLength(callPaths.length);
  expect(Buffer.byteLength(body)).toBeLessThan(200_000);
});

test('where the dialplan says the fee it counts in every path, and a page that cannot ask Asterisk says so', async () => {
  const feeIn = async () => /(\d+) đường đi/.exec(textOf((await admin.get('/prompts/fee')).body))?.[1];
  expect(await feeIn()).toBe('0');
  memory.isFeeSaid = true;
  expect(await feeIn()).toBe(String(callPaths.length));
  memory.isFeeSaid = null;
  expect(textOf((await admin.get('/prompts')).body)).toContain('Không hỏi được Asterisk');
});

test('a path that is over its limit with what is live is marked', async () => {
  const desk = memory.prompts;
  memory.prompts = { ...methodsOf(desk), lengthMs: (sound) => desk.lengthMs(sound) + 900 };
  const other = await openConsole(memory);
  const visitor = new Visitor(other);
  await visitor.signIn('admin');
  expect(textOf((await visitor.get('/prompts')).body)).toContain('quá 60 giây');
  await other.close();
});

function methodsOf(desk: MemoryConsole['prompts']): MemoryConsole['prompts'] {
  return {
    ...{ list: () => desk.list(), read: (name) => desk.read(name), state: () => desk.state() },
    ...{ samples: (...words) => desk.samples(...words), wav: (...words) => desk.wav(...words) },
    ...{ make: (...words) => desk.make(...words), keep: (...words) => desk.keep(...words) },
    ...{ putLive: (...words) => desk.putLive(...words), lengthMs: (sound) => desk.lengthMs(sound) },
  };
}

test('every word that leads along a path is said in Vietnamese', () => {
  const said = /[ăâđêôơưạảãàáậầấẩẫằắẳẵặẹẻẽèéệềếểễịỉĩìíọỏõòóộồốổỗợờớởỡụủũùúựừứửữỳýỷỹỵ]|^khớp$|^0/i;
  const left = new Set(
    callPaths.flatMap(({ led }) => led).filter((words) => !said.test(vietnamese.prompts.led(words))),
  );
  expect([...left]).toEqual([]);
  expect(english.prompts.led('10 digits')).toBe('keys the code');
});

test('every step of a path is the name of a prompt, or said in words', () => {
  const others = [...new Set(callPaths.flatMap(({ steps }) => steps))].filter(
    (step) => !existsSync(join(shippedSounds, `hotline/${step}.alaw`)),
  );
  expect(others).toContain('reading-slowly');
  expect(others.filter((step) => vietnamese.prompts.step(step) === step)).toEqual([]);
  expect(vietnamese.prompts.step('wait 300')).toBe('chờ 0,3 giây');
  expect(english.prompts.step('wait 300')).toBe('waits 0.3 s');
});

test('a recording is made, heard beside the old one, put live, and rolled back by one click, on record each time', async () => {
  const made = await upload(voice());
  expect([made.statusCode, made.headers.location]).toEqual([303, '/prompts/menu?made=1']);
  expect(live(store, 'hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
  const { body } = await admin.get('/prompts/menu?made=1');
  expect(noticesIn(body)[0]).toContain('Đã làm bản 1.');
  for (const which of ['live', 'program', '1']) {
    const { headers, rawPayload } = await admin.get(`/prompts/menu/${which}.wav`);
    expect(headers['content-type']).toBe('audio/wav');
    expect(rawPayload.toString('latin1', 0, 4)).toBe('RIFF');
  }
  const put = await admin.send('/prompts/menu', '/prompts/menu/live', { version: '1' });
  expect(put.headers.location).toBe('/prompts/menu?live=1');
  expect(live(store, 'hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(false);
  expect(recordings.lengths.get('hotline/menu')).toBe(live(store, 'hotline/menu.alaw').length / 8);
  const page = (await admin.get('/prompts/menu')).body;
  expect(textOf(page)).toMatch(/admin cho phát bản 1 của quản trị/);
  const back =
    /action="\/prompts\/menu\/live"><input[^>]*><input type="hidden" name="version" value="(\w+)"\/><button class="quiet">Trở lại bản trước/;
  await admin.send('/prompts/menu', '/prompts/menu/live', { version: back.exec(page)![1]! });
  expect(live(store, 'hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
  expect(acts()).toEqual([
    ['admin', { kind: 'recording made', prompt: 'menu' }],
    ['admin', { kind: 'recording put live', prompt: 'menu', version: 1 }],
    ['admin', { kind: 'recording put live', prompt: 'menu', version: null }],
  ]);
});

test.each([
  ['no sound', Buffer.from('x'.repeat(2000)), 'cần WAV'],
  ['nothing', Buffer.alloc(0), 'hãy thu hoặc chọn một tệp WAV'],
  ['silence', wavOf(silenceOf(2)), 'không nghe thấy tiếng nói nào'],
  ['31 s', wavOf(Array.from({ length: 31 * 16_000 }, (_, i) => Math.sin(i / 9) / 2)), 'quá dài'],
  ['a word of a whole menu', wavOf(speechOf('hotline/menu').slice(16_000, 24_000)), 'quá ngắn so với lời'],
  ['a whisper', wavOf(speechOf('hotline/menu', 0.02)), 'quá nhỏ'],
  ['a clipped voice', wavOf(speechOf('hotline/menu', 30)), 'bị vỡ'],
  ['more than 9 MB', Buffer.alloc(9_100_000), 'quá lớn'],
])('an upload of %s is refused with a sentence that names the field', async (_, bytes, says) => {
  const { statusCode, body } = await upload(bytes);
  expect(noticesIn(body)[0]).toMatch(new RegExp(`^Tệp: .*${says}`));
  expect([413, 422]).toContain(statusCode);
  expect(acts()).toEqual([]);
  expect((await memory.prompts.read('menu'))?.versions).toEqual([]);
});

test.each([
  ['says that it has 1 GB', '1000000000'],
  ['does not say how large it is', null],
])('an upload that %s is refused by that alone: nothing of it is read', async (_what, saysLength) => {
  const token = tokenIn((await admin.get('/prompts/menu')).body);
  const { statusCode, body } = await admin.sendFile('/prompts/menu/upload', token, voice(), 'voice.wav', {
    saysLength,
  });
  expect([statusCode, noticesIn(body)[0]]).toEqual([413, expect.stringContaining('quá lớn')]);
  expect((await memory.prompts.read('menu'))?.versions).toEqual([]);
});

test.each(['../../../etc/passwd', 'a'.repeat(5000), '"; rm -rf /', '%00.wav', '<script>.wav'])(
  'the name of an upload changes nothing: %p',
  async (file) => {
    const { statusCode } = await upload(voice(), { file: file.replaceAll('"', '%22') });
    expect([303, 422]).toContain(statusCode);
    const { body } = await admin.get('/prompts/menu');
    expect(body).not.toMatch(/passwd|rm -rf|<script>\.wav/);
  },
);

test('an upload without a right token, or with the file before it, changes nothing', async () => {
  for (const token of ['', 'wrong', tokenIn((await new Visitor(server).get('/sign-in')).body)])
    expect((await upload(voice(), { token })).statusCode).toBe(403);
  const token = tokenIn((await admin.get('/prompts/menu')).body);
  const late = await admin.sendFile('/prompts/menu/upload', token, voice(), 'voice.wav', {
    isTokenLast: true,
  });
  expect(late.statusCode).toBe(403);
  const plain = await admin.post('/prompts/menu/upload', { _csrf: token });
  expect([403, 415, 422]).toContain(plain.statusCode);
  expect((await memory.prompts.read('menu'))?.versions).toEqual([]);
});

test.each([
  ['lan', 403],
  [undefined, 303],
])('%s, who is no admin, sees nothing of it and changes nothing', async (user, status) => {
  const token = tokenIn((await admin.get('/prompts/menu')).body);
  const other = new Visitor(server);
  if (user !== undefined) await other.signIn(user);
  for (const url of ['/prompts', '/prompts/menu', '/prompts/menu/live.wav'])
    expect((await other.get(url)).statusCode).toBe(status);
  expect((await other.sendFile('/prompts/menu/upload', token, voice(), 'a.wav')).statusCode).toBe(status);
  expect((await other.post('/prompts/menu/live', { version: '1' })).statusCode).toBe(status);
  expect((await memory.prompts.read('menu'))?.versions).toEqual([]);
});

test.each([
  '/prompts/none',
  '/prompts/..%2f..%2fetc',
  '/prompts/menu/2.wav',
  '/prompts/menu/..%2flive.wav',
  '/prompts/menu/id',
])('%s is no page', async (url) => {
  expect((await admin.get(url)).statusCode).toBe(404);
});

test('silence is listened to, and not recorded', async () => {
  expect(textOf((await admin.get('/prompts/pause')).body)).not.toContain('Thu bản mới');
  expect(
    (await upload(voice(), { name: 'pause', token: tokenIn((await admin.get('/prompts/menu')).body) }))
      .statusCode,
  ).toBe(404);
});

test('a digit has an address of its own', async () => {
  await upload(voice('digits/7'), { name: 'digits-7' });
  await admin.send('/prompts/digits-7', '/prompts/digits-7/live', { version: '1' });
  expect(textOf((await admin.get('/prompts/digits-7')).body)).toContain('bản 1 của quản trị');
});

test('where Asterisk plays from another folder, the page says what to do, and nothing but the program is put live', async () => {
  await upload(voice());
  hasSound = false;
  expect(noticesIn((await admin.get('/prompts')).body)[0]).toContain(`Asterisk không phát từ ${store}/live`);
  expect((await admin.send('/prompts/menu', '/prompts/menu/live', { version: '1' })).statusCode).toBe(409);
  expect((await admin.send('/prompts/menu', '/prompts/menu/live', { version: 'program' })).statusCode).toBe(
    303,
  );
  hasSound = null;
  expect(noticesIn((await admin.get('/prompts')).body)[0]).toContain('không hỏi được Asterisk');
  expect(live(store, 'hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
});

test('what cannot be recorded in the audit log is not done', async () => {
  await upload(voice());
  const { body } = await admin.get('/prompts/menu');
  memory.refuseActs = new RegistryUnavailable('no answer');
  const put = await admin.post('/prompts/menu/live', { _csrf: tokenIn(body), version: '1' });
  expect([put.statusCode, (await upload(voice(), { token: tokenIn(body) })).statusCode]).toEqual([503, 503]);
  expect((await memory.prompts.read('menu'))?.versions).toHaveLength(1);
  expect(live(store, 'hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
});

test.each(['', '0', '99', '-1', '1; rm', '1'.repeat(50)])(
  'a version %p that is none is not put live',
  async (version) => {
    const { statusCode } = await admin.send('/prompts/menu', '/prompts/menu/live', { version });
    expect([404, 422]).toContain(statusCode);
  },
);
