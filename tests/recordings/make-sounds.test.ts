import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { makeSounds } from '../../src/recordings/make-sounds.ts';
import * as measure from './measure.ts';
import { wavOf } from './wav.ts';

const shipped = join(import.meta.dirname, '../../sounds/vi');
const hasTools = ['sox', 'espeak-ng'].every((tool) => spawnSync(tool, ['--version']).status === 0);
// CI must have the tools: skipping would hide a broken `make sounds`.
const withTools = hasTools || process.env['CI'] === 'true' ? test : test.skip;

const script = `
voice: { name: vi, speed: 170, pitch: 50, digitSpeed: 95, digitMs: [440, 620] }
prompts:
  - { name: goodbye, when: x, text: Cảm ơn. }
  - { name: digits/1, when: x, text: một }
  - { name: pause, when: x, silenceMs: 500 }
`;

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sounds-'));
  await put('prompts.yaml', script);
});
afterEach(() => rm(directory, { recursive: true }));

async function put(file: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(join(directory, file)), { recursive: true });
  await writeFile(join(directory, file), content);
}

/** Every file in the folder with its content. */
async function readContents(): Promise<Record<string, string>> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const read = async (file: string): Promise<[string, string]> => [
    file,
    (await readFile(file)).toString('base64'),
  ];
  return Object.fromEntries<string>(await Promise.all(files.sort().map(read)));
}

withTools('making sounds twice gives the same bytes', async () => {
  const first = await makeSounds({ directory });
  const before = await readContents();
  expect(first.made.map(({ sound, source }) => `${sound} ${source}`)).toEqual([
    'hotline/goodbye synthetic',
    'digits/1 synthetic',
    'hotline/pause silence',
  ]);
  await makeSounds({ directory });
  expect(await readContents()).toEqual(before);
});

describe('a real recording replaces the synthetic voice and gets the same finishing', () => {
  const voice = measure.readSln16(join(shipped, 'hotline/transferring.sln16'));
  withTools.each([
    {
      kind: '44.1 kHz, 16 bit, stereo, loud',
      wav: wavOf(voice, { rate: 44_100, bits: 16, channels: 2, gain: 1.3 }),
    },
    { kind: '8 kHz, 8 bit, mono, soft', wav: wavOf(voice, { rate: 8000, bits: 8, channels: 1, gain: 0.5 }) },
    {
      kind: '48 kHz, 24 bit, mono, very soft',
      wav: wavOf(voice, { rate: 48_000, bits: 24, channels: 1, gain: 0.05 }),
    },
  ])('$kind', async ({ wav }) => {
    await put('recorded/goodbye.wav', wav);
    const { made } = await makeSounds({ directory });
    expect(made[0]).toMatchObject({ sound: 'hotline/goodbye', source: 'recorded' });

    const narrow = measure.readALaw(join(directory, 'hotline/goodbye.alaw'));
    const wide = measure.readSln16(join(directory, 'hotline/goodbye.sln16'));
    for (const samples of [narrow, wide]) {
      expect(Math.abs(measure.speechLevelDb(samples) + 22)).toBeLessThan(1.5);
      expect(measure.peakDb(samples)).toBeLessThan(-1);
      expect(Math.max(...measure.quietEdgesMs(samples))).toBeLessThanOrEqual(150);
    }
    const original = measure.readALaw(join(shipped, 'hotline/transferring.alaw'));
    expect(measure.bestLikeness(original, narrow, 50)).toBeGreaterThan(0.8);
  });
});

withTools('a sound that is no longer in the script is removed; other sounds stay', async () => {
  await put('hotline/old-prompt.alaw', 'x');
  await put('vm/intro.alaw', 'x');
  const { removed } = await makeSounds({ directory });
  expect(removed).toEqual(['hotline/old-prompt.alaw']);
  expect(Object.keys(await readContents())).toContain(join(directory, 'vm/intro.alaw'));
});

withTools('a recording that is not a WAV is named, and the old sounds are unchanged', async () => {
  await put('hotline/goodbye.alaw', 'old');
  await put('recorded/digits/1.wav', 'this is no sound');
  const before = await readContents();
  await expect(makeSounds({ directory })).rejects.toThrow(/recorded\/digits\/1\.wav/);
  expect(await readContents()).toEqual(before);
});

test('a recording with a misspelt name is refused, not ignored', async () => {
  await put('recorded/godbye.wav', 'x');
  await expect(makeSounds({ directory })).rejects.toThrow(
    /recorded\/godbye\.wav: no spoken prompt has that name/,
  );
});

test('a missing tool is named with its Debian package', () => {
  const make = `import { makeSounds } from '${join(import.meta.dirname, '../../src/recordings/make-sounds.ts')}';
    await makeSounds({ directory: '${directory}' }).catch((error) => console.log(error.message));`;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', make], {
    env: { PATH: directory },
  });
  expect(stdout.toString()).toMatch(/^espeak-ng is not installed: apt-get install espeak-ng/);
});
