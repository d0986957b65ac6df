import { spawnSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { staleRecordings } from '../../src/recordings/compare-recordings.ts';
import { makeSounds, type MadeSounds } from '../../src/recordings/make-sounds.ts';
import { inPrivateMounts } from '../support/machine/private-mounts.ts';
import { asRoot } from '../support/machine/run-as-root.ts';
import { studioWav, wavOf } from '../support/recordings/wav.ts';
import * as measure from './measure.ts';

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

const describeSounds = ({ sounds }: MadeSounds): string[] =>
  sounds.map(({ sound, source, isNew }) => `${sound} ${source}${isNew ? ', new' : ''}`);
const say = (text: string): Promise<void> => put('prompts.yaml', script.replace('Cảm ơn.', text));

withTools(
  'only the recording whose words have changed is made again; the same words give the same bytes',
  async () => {
    expect(describeSounds(await makeSounds({ directory }))).toEqual([
      'hotline/goodbye synthetic, new',
      'digits/1 synthetic, new',
      'hotline/pause silence, new',
    ]);
    const first = await readContents();
    expect(await staleRecordings(directory)).toEqual([]);

    await say('Xin chào.');
    expect(await staleRecordings(directory)).toEqual([
      'prompt "goodbye": its text is «Xin chào.», but its recording says «Cảm ơn.»: run hotline sounds',
    ]);
    expect(describeSounds(await makeSounds({ directory }))).toEqual([
      'hotline/goodbye synthetic, new',
      'digits/1 synthetic',
      'hotline/pause silence',
    ]);
    expect(await staleRecordings(directory)).toEqual([]);
    await say('Cảm ơn.');
    await makeSounds({ directory });
    expect(await readContents()).toEqual(first);
  },
);

withTools(
  'a recording is made again when a pronunciation, the voice or the file itself has changed',
  async () => {
    await makeSounds({ directory });
    const stale = async (): Promise<string[]> =>
      (await staleRecordings(directory)).map((sentence) => /prompt "(.*?)"/.exec(sentence)![1]!);
    await put('prompts.yaml', script.replace('prompts:', 'pronunciations: { ơn: ân }\nprompts:'));
    expect(await stale()).toEqual(['goodbye']);
    await put('prompts.yaml', script.replace('speed: 170', 'speed: 171'));
    expect(await stale()).toEqual(['goodbye']);
    await put('prompts.yaml', script.replace('pitch: 50', 'pitch: 51'));
    expect(await stale()).toEqual(['goodbye', 'digits/1']);
    await put('prompts.yaml', script);
    await put('hotline/goodbye.alaw', 'another');
    await rm(join(directory, 'digits/1.sln16'));
    expect(await stale()).toEqual(['goodbye', 'digits/1']);
    expect((await makeSounds({ directory })).sounds.filter(({ isNew }) => isNew)).toHaveLength(2);
  },
);

withTools('another espeak-ng leaves what is unchanged as it is, and says that it made the rest', async () => {
  await makeSounds({ directory });
  const before = await readContents();
  await say('Xin chào.');
  const other = '[ "$1" != --version ] || exec echo eSpeak NG text-to-speech: 9.8.7  Data at: /x';
  await put('bin/espeak-ng', `#!/bin/sh\n${other}\nPATH=${process.env['PATH']} exec espeak-ng "$@"\n`);
  await chmod(join(directory, 'bin/espeak-ng'), 0o755);
  const { otherVoice } = JSON.parse(makeElsewhere(`${directory}/bin:${process.env['PATH']}`)) as MadeSounds;
  expect(otherVoice).toMatchObject({
    installed: 'espeak-ng 9.8.7',
    reference: expect.stringMatching(/^espeak-ng \d/),
  });
  const after = await readContents();
  for (const file of ['digits/1.alaw', 'digits/1.sln16', 'hotline/pause.alaw'].map((name) =>
    join(directory, name),
  ))
    expect(after[file]).toBe(before[file]);
  expect(await readFile(join(directory, 'recordings.yaml'), 'utf8')).toMatch(
    /hotline\/goodbye:\n {2}says: Xin chào.\n {2}voice: espeak-ng 9.8.7\n/,
  );
});

/** Makes the sounds in a process of its own, with the tools of `path`. @returns its result as JSON, or its error */
function makeElsewhere(path: string): string {
  const options = { env: { PATH: path }, encoding: 'utf8', timeout: 30_000 } as const;
  const { stdout, signal } = spawnSync(process.execPath, evaluating(), options);
  expect(signal).toBeNull(); // nothing keeps it from ending, not even the deadline of a tool, a minute
  return stdout;
}

/** Arguments of Node. */
function evaluating(): string[] {
  const make = `import { makeSounds } from '${join(import.meta.dirname, '../../src/recordings/make-sounds.ts')}';
    const result = makeSounds({ directory: '${directory}' });
    console.log(await result.then(JSON.stringify, (error) => error.message));`;
  return ['--input-type=module', '--eval', make];
}

describe('a real recording replaces the synthetic voice and gets the same finishing', () => {
  const voice = measure.readSln16(join(shipped, 'hotline/transferring.sln16'));
  withTools.each([
    {
      kind: '44.1 kHz, 16 bit, stereo, loud',
      wav: studioWav(voice, 1.3, { rate: 44_100, channels: 2 }),
    },
    { kind: '8 kHz, 8 bit, mono, soft', wav: studioWav(voice, 0.5, { rate: 8000, bits: 8 }) },
    {
      kind: '48 kHz, 24 bit, mono, very soft',
      wav: studioWav(voice, 0.05, { rate: 48_000, bits: 24 }),
    },
  ])('$kind', async ({ wav }) => {
    await put('recorded/goodbye.wav', wav);
    const { sounds } = await makeSounds({ directory });
    expect(sounds[0]).toMatchObject({ sound: 'hotline/goodbye', source: 'recorded' });

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

withTools(
  'a text that changes while its WAV stays is refused until there is another WAV, or none',
  async () => {
    const voice = measure.readSln16(join(shipped, 'hotline/transferring.sln16'));
    const wav = studioWav(voice, 1, { rate: 8000 });
    await put('recorded/goodbye.wav', wav);
    await makeSounds({ directory });
    const before = await readContents();
    await say('Xin chào.');
    await expect(makeSounds({ directory })).rejects.toThrow(
      /^prompt "goodbye": its text is now «Xin chào\.», but .*recorded\/goodbye\.wav was put there for «Cảm ơn\.»: record it again, or/,
    );
    await say('Cảm ơn.');
    expect(await readContents()).toEqual(before);

    await say('Xin chào.');
    await put('recorded/goodbye.wav', studioWav(voice, 0.9, { rate: 8000 }));
    expect((await makeSounds({ directory })).sounds[0]).toMatchObject({ source: 'recorded', isNew: true });
    await say('Chào.');
    await rm(join(directory, 'recorded/goodbye.wav'));
    expect((await makeSounds({ directory })).sounds[0]).toMatchObject({ source: 'synthetic', isNew: true });
  },
);

withTools('a sound that is no longer in the script is removed; other sounds stay', async () => {
  await put('hotline/old-prompt.alaw', 'x');
  await put('vm/intro.alaw', 'x');
  const { removed } = await makeSounds({ directory });
  expect(removed).toEqual(['hotline/old-prompt.alaw']);
  expect(Object.keys(await readContents())).toContain(join(directory, 'vm/intro.alaw'));
});

withTools.each([
  ['clipped', 30, 1, 'is clipped'],
  ['longer than 30 s', 1, 20, 'is too long'],
])('a recording that is %s is refused, as in the console', async (_what, gain, times, says) => {
  const { rate, values } = measure.readSln16(join(shipped, 'hotline/transferring.sln16'));
  const said = Float64Array.from({ length: values.length * times }, (_, at) =>
    Math.max(-1, Math.min(1, values[at % values.length]! * gain)),
  );
  await put('recorded/goodbye.wav', wavOf(said, { rate }));
  await expect(makeSounds({ directory })).rejects.toThrow(`recorded/goodbye.wav ${says}`);
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

test('a folder that cannot be written is named, with what to do', () => {
  // Root may write in every folder that is not mounted read-only.
  const mount = `mount --bind ${directory} ${directory} && mount -o remount,bind,ro ${directory}`;
  const [program = '', ...words] = asRoot(inPrivateMounts(mount, [process.execPath, ...evaluating()]));
  expect(spawnSync(program, words, { encoding: 'utf8' }).stdout).toMatch(
    /^\S+ cannot be written \(EROFS: its file system is read-only here; .*\)\n$/,
  );
});

test('a missing tool is named with its Debian package', () => {
  expect(makeElsewhere(directory)).toMatch(/^espeak-ng is not installed: apt-get install espeak-ng/);
});
