/** The store of admins' recordings: what callers hear of it, and what a crash leaves. */
import { jest } from '@jest/globals';
import { once } from 'node:events';
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { liveFolder, readLiveState, type StorePlaces } from '../../../src/recordings/own/live-set.ts';
import { keepVersion, prepareStore, putLive } from '../../../src/recordings/own/own-recordings.ts';
import { Versions } from '../../../src/recordings/own/versions.ts';
import { shippedSounds } from '../../../src/recordings/sounds-directory.ts';

const menu = 'hotline/menu';
let root: string;
let places: StorePlaces;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'hotline-store-'));
  places = { directory: join(root, 'store'), program: join(root, 'program') };
  cpSync(shippedSounds, places.program, { recursive: true });
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(root, { recursive: true });
});

const words = 'Kính chào quý khách.';
const made = (byte: number) => ({ alaw: Buffer.alloc(80, byte), sln16: Buffer.alloc(320, byte) });
const keep = (byte: number, sound = menu) =>
  keepVersion(places, sound, made(byte), { says: words, by: 'lan' });
const live = (file: string) => readFileSync(join(liveFolder(places.directory), file));
const shipped = (file: string) => readFileSync(join(places.program, file));

test('without any recording of their own, callers hear those of the program', async () => {
  await prepareStore(places);
  for (const folder of ['hotline', 'digits'])
    for (const file of readdirSync(join(places.program, folder)))
      expect(live(`${folder}/${file}`).equals(shipped(`${folder}/${file}`))).toBe(true);
});

test('a version that is kept is not heard; put live it is, in both formats, until it is rolled back', async () => {
  await prepareStore(places);
  expect((await keep(1)).number).toBe(1);
  expect((await keep(2)).number).toBe(2);
  expect(live('hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
  expect(await putLive(places, menu, 2, 'admin')).toBe(true);
  expect([live('hotline/menu.alaw')[0], live('hotline/menu.sln16')[0]]).toEqual([2, 2]);
  expect(await putLive(places, menu, 1, 'admin')).toBe(true);
  expect([live('hotline/menu.alaw')[0], live('hotline/menu.sln16')[0]]).toEqual([1, 1]);
  expect(await putLive(places, menu, null, 'admin')).toBe(true);
  expect(live('hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
  const { changes } = await readLiveState(places.directory);
  expect(changes.map(({ version, by }) => [version, by])).toEqual([
    [null, 'admin'],
    [1, 'admin'],
    [2, 'admin'],
  ]);
  expect(await new Versions(places.directory).list(menu)).toMatchObject([
    { number: 2, says: words, by: 'lan', lengthMs: 10 },
    { number: 1 },
  ]);
});

test('Asterisk, another user, may read all of it, whatever the umask', async () => {
  const before = process.umask(0o077);
  try {
    await keep(1);
    await putLive(places, menu, 1, 'admin');
  } finally {
    process.umask(before);
  }
  const modeOf = (path: string) => statSync(join(liveFolder(places.directory), path)).mode & 0o777;
  expect(['', 'hotline', 'digits', 'hotline/menu.alaw', 'digits/7.sln16'].map(modeOf)).toEqual([
    ...[0o755, 0o755, 0o755, 0o644, 0o644],
  ]);
  expect(statSync(places.directory).mode & 0o777).toBe(0o755);
});

test('a playback goes on in the file that it has open', async () => {
  await prepareStore(places);
  const { open } = await import('node:fs/promises');
  const playing = await open(join(liveFolder(places.directory), 'hotline/menu.alaw'));
  await keep(1);
  for (const version of [1, null, 1]) await putLive(places, menu, version, 'admin');
  expect((await playing.readFile()).equals(shipped('hotline/menu.alaw'))).toBe(true);
  await playing.close();
});

test('a version that does not exist, or was damaged, is not put live', async () => {
  await keep(1);
  expect(await putLive(places, menu, 7, 'admin')).toBe(false);
  expect(await putLive(places, 'hotline/none', 1, 'admin')).toBe(false);
  expect(await putLive(places, 'hotline/silence', null, 'admin')).toBe(false);
  writeFileSync(join(places.directory, 'versions/hotline/menu/1.alaw'), 'other');
  expect(await putLive(places, menu, 1, 'admin')).toBe(false);
});

test('with other words in prompts.yaml the program is heard again, and the version is there for who wants it', async () => {
  await keep(1);
  await putLive(places, menu, 1, 'admin');
  const script = join(places.program, 'prompts.yaml');
  writeFileSync(
    script,
    readFileSync(script, 'utf8').replace('Kính chào quý khách. Để cấp', 'Xin chào. Để cấp'),
  );
  await prepareStore(places);
  expect(live('hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
  await putLive(places, menu, 1, 'admin');
  expect(live('hotline/menu.alaw')[0]).toBe(1);
});

test('recordings of an update are heard from the next start on, beside those of admins', async () => {
  await keep(1);
  await putLive(places, menu, 1, 'admin');
  for (const ending of ['alaw', 'sln16'])
    writeFileSync(join(places.program, `hotline/goodbye.${ending}`), 'new');
  await prepareStore(places);
  expect([live('hotline/menu.alaw')[0], live('hotline/goodbye.sln16').toString()]).toEqual([1, 'new']);
});

test('a start repairs what somebody has broken, and removes what a process that died has left', async () => {
  await keep(1);
  await putLive(places, menu, 1, 'admin');
  mkdirSync(join(places.directory, '.making-abc/hotline'), { recursive: true });
  mkdirSync(join(places.directory, 'sets/99'));
  rmSync(join(liveFolder(places.directory), 'hotline/menu.sln16'));
  await prepareStore(places);
  expect([live('hotline/menu.alaw')[0], live('hotline/menu.sln16')[0]]).toEqual([1, 1]);
  expect(readdirSync(places.directory).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(existsSync(join(places.directory, 'sets/99'))).toBe(false);
});

test('a start compares recordings again only if one was touched, and repairs it then too', async () => {
  const record = () => statSync(join(places.directory, 'compared'), { throwIfNoEntry: false })?.ino;
  await prepareStore(places);
  jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000);
  await prepareStore(places);
  const compared = record();
  expect(compared).toBeDefined();
  await prepareStore(places);
  expect(record()).toBe(compared);
  const menuFile = join(liveFolder(places.directory), 'hotline/menu.alaw');
  const { size, atime, mtime } = statSync(menuFile);
  writeFileSync(menuFile, Buffer.alloc(size));
  utimesSync(menuFile, atime, mtime);
  await prepareStore(places);
  expect(live('hotline/menu.alaw').equals(shipped('hotline/menu.alaw'))).toBe(true);
});

test('a process that is killed at any moment leaves the old or the new, whole', async () => {
  await keep(1);
  await keep(2);
  await putLive(places, menu, 1, 'admin');
  const source = `
    import { putLive } from ${JSON.stringify(join(import.meta.dirname, '../../../src/recordings/own/own-recordings.ts'))};
    for (let version = 2; ; version = 3 - version) {
      process.stdout.write('.');
      await putLive(${JSON.stringify(places)}, 'hotline/menu', version, 'admin');
    }`;
  for (let round = 0; round < 6; round++) {
    const child = spawn(process.execPath, ['--input-type=module', '--eval', source], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let rounds = 0;
    for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
      rounds += chunk.length;
      if (rounds > 2 + round) child.kill('SIGKILL');
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    const heard = [live('hotline/menu.alaw')[0], live('hotline/menu.sln16')[0]];
    expect(heard[0]).toBe(heard[1]);
    expect([1, 2]).toContain(heard[0]);
  }
  await prepareStore(places);
  expect(await putLive(places, menu, null, 'admin')).toBe(true);
});

test('fifty versions are kept, and the live one always', async () => {
  await keep(1);
  await putLive(places, menu, 1, 'admin');
  for (let byte = 2; byte <= 53; byte++) await keep(byte);
  const numbers = (await new Versions(places.directory).list(menu)).map(({ number }) => number);
  expect([numbers.length, numbers[0], numbers.at(-1), numbers.at(-2)]).toEqual([51, 53, 1, 4]);
});

test('a store that cannot be written says why', async () => {
  writeFileSync(join(root, 'file'), '');
  await expect(prepareStore({ ...places, directory: join(root, 'file/store') })).rejects.toThrow(
    /^RECORDINGS_DIRECTORY, .*file\/store, cannot be written \(ENOTDIR: there is no such folder\)$/,
  );
});
