import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSounds } from '../../src/sip-caller/sound-index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sounds-'));
  mkdirSync(join(folder, 'hotline'));
  writeFileSync(join(folder, 'hotline/menu.alaw'), Buffer.alloc(320, 1));
  writeFileSync(join(folder, 'hotline/pause.alaw'), Buffer.alloc(320, 0xd5));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a caller recognises every recording but pure silence', async () => {
  expect(await loadSounds(folder)).toMatchObject([{ name: 'hotline/menu', frames: { length: 2 } }]);
});

test('a recording is read once for many calls, and again when it has been replaced', async () => {
  const [before] = await loadSounds(folder);
  expect((await loadSounds(folder))[0]).toBe(before);
  writeFileSync(join(folder, 'new'), Buffer.alloc(320, 2));
  renameSync(join(folder, 'new'), join(folder, 'hotline/menu.alaw'));
  const [after] = await loadSounds(folder);
  expect(after?.frames).toEqual(Array.from({ length: 2 }, () => '\u0002'.repeat(160)));
});
