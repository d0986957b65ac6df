/** Files that were touched are told from those that were not, whatever was done to hide it. */
import { jest } from '@jest/globals';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stampOf } from '../../../src/recordings/own/touched.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-touched-'));
  file = join(folder, 'menu.alaw');
  writeFileSync(file, 'said');
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

/** A stamp as a start would take it that comes an hour later. */
function stamp(): Promise<string | null> {
  const later = Date.now() + 3_600_000;
  jest.spyOn(Date, 'now').mockReturnValue(later);
  return stampOf([folder, file]).finally(() => jest.restoreAllMocks());
}

test('untouched files have the same stamp', async () => {
  const before = await stamp();
  expect(before).not.toBeNull();
  expect(await stamp()).toBe(before);
});

test.each<[string, () => void]>([
  [
    'written to, as long as before and with its old time of writing',
    () => {
      const { atime, mtime } = statSync(file);
      writeFileSync(file, 'sayd');
      utimesSync(file, atime, mtime);
    },
  ],
  [
    'replaced',
    () => {
      writeFileSync(join(folder, 'new'), 'said');
      renameSync(join(folder, 'new'), file);
    },
  ],
  ['given another mode', () => chmodSync(file, 0o600)],
  ['given a neighbour', () => mkdirSync(join(folder, 'more'))],
])('a file that was %s has another stamp', async (_title, touch) => {
  const before = await stamp();
  touch();
  expect(await stamp()).not.toBe(before);
});

test('files that are missing, or were touched a moment ago, have none', async () => {
  expect(await stampOf([file])).toBeNull();
  rmSync(file);
  expect(await stamp()).toBeNull();
});
