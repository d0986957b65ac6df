/** What is made of a WAV that somebody sends, and what is refused. */
import { writeFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { headMs } from '../../../src/recordings/finish.ts';
import { makeFromUpload } from '../../../src/recordings/upload/make-from-upload.ts';
import { RefusedUpload } from '../../../src/recordings/upload/refused-upload.ts';
import { silenceOf, speechOf, wavOf } from '../../support/recordings/wav.ts';
import * as measure from '../measure.ts';

const make = (bytes: Uint8Array, isDigit = false) => makeFromUpload({ bytes, isDigit });
const reasonOf = (bytes: Uint8Array, isDigit = false) =>
  make(bytes, isDigit).then(
    () => 'made',
    (error: unknown) => (error instanceof RefusedUpload ? error.reason : error),
  );

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hotline-upload-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

test.each([
  { rate: 16_000, channels: 1, bits: 16 },
  { rate: 48_000, channels: 2, bits: 24 },
  { rate: 22_050, channels: 1, bits: 32 },
  { rate: 8000, channels: 2, bits: 8 },
] as const)(
  'a soft voice with quiet around it, %o, is trimmed and levelled as all others',
  async (options) => {
    const spoken = speechOf('hotline/goodbye', 0.25);
    const around = silenceOf(1);
    const values = [...around, ...spoken, ...around];
    const at = (i: number) => values[Math.floor((i * 16_000) / options.rate)]!;
    const resampled = Float32Array.from({ length: (values.length * options.rate) / 16_000 }, (_, i) => at(i));
    const { alaw, sln16 } = await make(wavOf(resampled, options));
    writeFileSync(join(folder, 'made.alaw'), alaw);
    writeFileSync(join(folder, 'made.sln16'), sln16);
    const both = [measure.readALaw(join(folder, 'made.alaw')), measure.readSln16(join(folder, 'made.sln16'))];
    const shipped = measure.readSln16(join(import.meta.dirname, '../../../sounds/vi/hotline/goodbye.sln16'));
    for (const samples of both) {
      const seconds = samples.values.length / samples.rate;
      expect(Math.abs(seconds - shipped.values.length / shipped.rate)).toBeLessThan(0.1);
      expect(Math.abs(measure.speechLevelDb(samples) + 22)).toBeLessThan(2);
      expect(measure.peakDb(samples)).toBeLessThan(-1);
      expect(measure.quietEdgesMs(samples)[0]).toBeLessThanOrEqual(headMs + 100);
    }
  },
);

const loud = () => speechOf('hotline/menu', 30);

test.each([
  ['no sound at all', Buffer.from('<html>hello</html>'.repeat(20)), 'no-wav'],
  ['an empty file', Buffer.alloc(0), 'no-wav'],
  ['a header alone', wavOf([]), 'silent'],
  ['a WAV of MP3', Buffer.concat([wavOf(speechOf('hotline/menu')).fill(0x55, 20, 22)]), 'no-wav'],
  ['a WAV of 200 channels', wavOf(speechOf('hotline/goodbye'), { channels: 200 }), 'no-wav'],
  ['a rate of 4 GHz', Buffer.from(wavOf(speechOf('hotline/goodbye'))).fill(0xff, 24, 28), 'no-wav'],
  ['silence', wavOf(silenceOf(3)), 'silent'],
  ['31 s', wavOf(Array.from({ length: 31 * 16_000 }, (_, i) => Math.sin(i / 9) / 2)), 'too-long'],
  ['speech from the next room', wavOf(speechOf('hotline/menu', 0.02)), 'too-quiet'],
  ['speech that was cut off at the top', wavOf(loud()), 'clipped'],
])('%s is refused', async (_, bytes, reason) => {
  expect(await reasonOf(bytes)).toBe(reason);
});

test('a digit is no longer than a caller has to write it down', async () => {
  expect(await reasonOf(wavOf(speechOf('hotline/goodbye')), true)).toBe('too-long');
  expect(await reasonOf(wavOf(speechOf('digits/7')), true)).toBe('made');
});

test('lengths that lie do no harm', async () => {
  const lying = Buffer.from(wavOf(speechOf('hotline/goodbye')));
  lying.writeUInt32LE(0xffff_ffff, 40);
  expect(await reasonOf(lying)).toBe('made');
  lying.writeUInt32LE(0xffff_fff0, 16);
  expect(await reasonOf(lying)).toBe('no-wav');
});

test('one is made at a time, and the event loop goes on meanwhile', async () => {
  const first = reasonOf(wavOf(speechOf('hotline/menu')));
  expect(await reasonOf(wavOf(speechOf('hotline/goodbye')))).toBe('busy');
  expect(await first).toBe('made');
  expect(await reasonOf(wavOf(speechOf('hotline/goodbye')))).toBe('made');
});
