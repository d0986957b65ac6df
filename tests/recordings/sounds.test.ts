import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadSoundLengths, soundFiles } from '../../src/recordings/catalogue.ts';
import { staleRecordings } from '../../src/recordings/compare-recordings.ts';
import { headMs } from '../../src/recordings/finish.ts';
import { readScript, soundOf } from '../../src/recordings/script.ts';
import { callPaths } from '../../src/call/paths/call-paths.ts';
import { costOf } from '../../src/call/paths/path-cost.ts';
import { shippedScript } from '../support/fakes/shipped-script.ts';
import * as measure from './measure.ts';

const directory = join(import.meta.dirname, '../../sounds/vi');
const script = await readScript(directory);
const spoken = script.prompts.filter((prompt) => prompt.text !== undefined);
const silences = script.prompts.filter((prompt) => prompt.silenceMs !== undefined);
const lengths = await loadSoundLengths(directory);

const lengthMs = (sound: string): number => lengths.get(sound) ?? NaN;
const textOf = (name: string): string => script.prompts.find((prompt) => prompt.name === name)?.text ?? '';

const formats = [
  { ending: '.alaw', read: measure.readALaw, bytesPerMs: 8 },
  { ending: '.sln16', read: measure.readSln16, bytesPerMs: 32 },
] as const;
const recordings = formats.flatMap(({ ending, read }) =>
  spoken.map((prompt) => {
    const file = soundOf(prompt) + ending;
    return { file, samples: existsSync(join(directory, file)) ? read(join(directory, file)) : undefined };
  }),
);
const present = recordings.flatMap(({ file, samples }) => (samples ? [{ file, samples }] : []));
/** The files whose measured value is not allowed, with that value. */
const listOffenders = (
  figure: (samples: measure.Samples) => number,
  allowed: (value: number) => boolean,
): string[] =>
  present.flatMap(({ file, samples }) => {
    const value = figure(samples);
    return allowed(value) ? [] : [`${file}: ${value.toFixed(1)}`];
  });

describe('the shipped recordings', () => {
  test.each(formats)(
    'exist as $ending for every prompt of the script and for nothing else',
    async ({ ending }) => {
      const wanted = script.prompts.map((prompt) => soundOf(prompt) + ending).sort();
      expect(await soundFiles(directory, ending)).toEqual(wanted);
    },
  );

  test('say what the script says now (if not: make sounds)', async () => {
    expect(await staleRecordings(directory)).toEqual([]);
  });

  test('are equally long in A-law and wideband, so both have the format of their name', () => {
    const uneven = spoken.filter((prompt) => {
      const wide =
        present.find(({ file }) => file === `${soundOf(prompt)}.sln16`)!.samples.values.length / 16;
      return Math.abs(wide - lengthMs(soundOf(prompt))) > 2;
    });
    expect(uneven.map((prompt) => prompt.name)).toEqual([]);
  });

  test('speak within 3 dB of each other, at the telephone level of RFC 7874', () => {
    const levels = present.map(({ samples }) => measure.speechLevelDb(samples));
    expect(Math.max(...levels) - Math.min(...levels)).toBeLessThanOrEqual(3);
    expect(listOffenders(measure.speechLevelDb, (level) => level > -24 && level < -20)).toEqual([]);
  });

  test('never clip', () => {
    expect(listOffenders(measure.peakDb, (peak) => peak < -1)).toEqual([]);
  });

  test('start and end without a click', () => {
    expect(
      listOffenders(
        (samples) => Math.max(...measure.edgesDb(samples)),
        (level) => level < -45,
      ),
    ).toEqual([]);
  });

  test('begin with the silence in which a G.722 phone catches up with the encoder', () => {
    const sounding = present.filter(({ samples: { values, rate } }) =>
      values.subarray(0, (headMs * rate) / 1000).some((sample) => Math.abs(sample) > 0.001),
    );
    expect(sounding.map(({ file }) => file)).toEqual([]);
  });

  test('start within 100 ms after that silence and end within 150 ms of the speech', () => {
    expect(
      listOffenders(
        (samples) => measure.quietEdgesMs(samples)[0],
        (quiet) => quiet <= headMs + 100,
      ),
    ).toEqual([]);
    expect(
      listOffenders(
        (samples) => measure.quietEdgesMs(samples)[1],
        (quiet) => quiet <= 150,
      ),
    ).toEqual([]);
  });

  test('never pause for a second', () => {
    expect(listOffenders(measure.longestGapMs, (gap) => gap < 1000)).toEqual([]);
  });

  test('of silence are silent and as long as the script says', () => {
    for (const prompt of silences) {
      expect(lengthMs(soundOf(prompt))).toBe(prompt.silenceMs);
      for (const { ending, read } of formats) {
        expect(measure.peakDb(read(join(directory, soundOf(prompt) + ending)))).toBeLessThan(-70);
      }
    }
  });

  test('differ from each other before they end', () => {
    const narrow = present.filter(({ file }) => file.endsWith('.alaw'));
    const alike = narrow.flatMap((a, i) =>
      narrow
        .slice(i + 1)
        .filter((b) => measure.likeness(a.samples, b.samples) > 0.9)
        .map((b) => `${a.file} and ${b.file}`),
    );
    expect(alike).toEqual([]);
  });
});

describe('the digits of a password', () => {
  const digits = [...'0123456789'].map((digit) => measure.readALaw(join(directory, `digits/${digit}.alaw`)));

  test('last 400 to 650 ms each behind that silence, so that with the pause one is heard about every second', () => {
    const outside = [...'0123456789'].filter(
      (d) => !(lengthMs(`digits/${d}`) - headMs >= 400 && lengthMs(`digits/${d}`) - headMs <= 650),
    );
    expect(outside).toEqual([]);
  });

  test('cannot be mistaken for each other, however they are shifted', () => {
    const pairs = digits.flatMap((a, i) => digits.slice(i + 1).map((b) => measure.bestLikeness(a, b, 100)));
    expect(Math.max(...pairs)).toBeLessThan(0.7);
  });
});

describe('the script', () => {
  test('contains the official sentence of a mismatch word for word', () => {
    expect(textOf('mismatch')).toContain(
      'số điện thoại và mã số bảo hiểm không khớp hoặc chưa đăng ký với cơ quan BHXH',
    );
  });

  test('says in the menu what each key does before it names the key', () => {
    expect(textOf('menu')).toMatch(
      /mật khẩu VssID, bấm phím 8.*tổng đài viên, bấm phím 0.*Kết thúc, bấm phím 9/,
    );
  });

  test.each([
    ['enter-code-10', ' 10 số '],
    ['enter-code-12', ' 12 số '],
    ['enter-code-10-or-12', ' 10 hoặc 12 số'],
  ])('says in %s how many digits to key, how to start again and how to reach the operator', (name, count) => {
    expect(textOf(name)).toContain(count);
    expect(textOf(name)).toMatch(/bấm phím sao.*tổng đài viên bấm 0 rồi phím thăng/);
  });

  test.each([
    ['enter-code-10', 7000],
    ['enter-code-12', 7000],
    ['enter-code-10-or-12', 7000],
    ['please-wait', 1500],
    ['password-intro', 2500],
    ['offer-reading', 2500],
    ['offer-other-ways', 2500],
    ['other-ways-online', 10_000],
    ['other-ways-forms', 11_000],
    ['fee', 2500],
  ])('keeps %s within %i ms', (name, maxMs) => {
    expect(lengthMs(`hotline/${name}`)).toBeLessThanOrEqual(maxMs);
  });

  const limited = callPaths.filter(({ maxSeconds }) => maxSeconds !== undefined);

  test('allows a passive caller who matches at the first attempt to finish within a minute', () => {
    expect(limited.map(({ led, maxSeconds }) => [led, maxSeconds])).toEqual([
      [['8', '10 digits', 'match', 'stored', 'silence'], 60],
    ]);
    expect(limited.map((path) => costOf(path, shippedScript, lengthMs))).toEqual([
      expect.objectContaining({ isOver: false, usualVnd: 1000 }),
    ]);
  });
});
