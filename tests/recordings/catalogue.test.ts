import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSoundLengths } from '../../src/recordings/catalogue.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sounds-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('a sound lasts a second for every 8000 bytes of A-law; other files are not sounds', async () => {
  await mkdir(join(directory, 'hotline'));
  await mkdir(join(directory, 'digits'));
  await writeFile(join(directory, 'hotline/menu.alaw'), Buffer.alloc(12_000));
  await writeFile(join(directory, 'hotline/menu.sln16'), Buffer.alloc(48_000));
  await writeFile(join(directory, 'digits/7.alaw'), Buffer.alloc(3600));
  await writeFile(join(directory, 'prompts.yaml'), 'prompts: []');
  expect(Object.fromEntries(await loadSoundLengths(directory))).toEqual({
    'hotline/menu': 1500,
    'digits/7': 450,
  });
});

test('a missing folder is an error, not an empty catalogue', async () => {
  await expect(loadSoundLengths(join(directory, 'en'))).rejects.toThrow(/ENOENT.*\/en/);
});
