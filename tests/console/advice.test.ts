/** What an officer is told about a call covers everything that may be recorded of one, in both languages. */
import { adviceFor, explainVerdict, outcomeName, reasonName } from '../../src/console/advice/advice.ts';
import { english } from '../../src/console/advice/en.ts';
import { situations } from '../../src/console/advice/situations.ts';
import { vietnamese } from '../../src/console/advice/vi.ts';
import type { AdviceWords } from '../../src/console/advice/words.ts';
import { reasons } from '../../src/hotline/ending.ts';

/** Every outcome with each of its reasons, `…` as it is. */
const everyEnding = Object.entries(reasons).flatMap(([outcome, words]) =>
  words.map((reason) => [outcome, reason] as const),
);

test('the situations are the endings of a call, each once', () => {
  const known = Object.values(situations).flatMap(({ outcome, reasons: words }) =>
    words.map((reason) => `${outcome}: ${reason}`),
  );
  expect(known.sort()).toEqual(everyEnding.map(([outcome, reason]) => `${outcome}: ${reason}`).sort());
});

describe.each([
  ['Vietnamese', vietnamese],
  ['English', english],
])('in %s', (_language, words) => {
  test.each(everyEnding)('there is advice for %s: %s', (outcome, reason) => {
    const advice = adviceFor(words, outcome, reason.replace('…', '503'));
    expect(advice).toEqual({
      password: expect.stringMatching(/\S/),
      happened: expect.stringMatching(/\.$/),
      say: expect.stringMatching(/\.$/),
    });
  });

  test('every outcome has a name that fits a cell, and no two have the same', () => {
    const names = Object.keys(reasons).map((outcome) => outcomeName(words, outcome));
    expect(names.filter((name) => name.length > 20)).toEqual([]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('every text is in composed characters, without spaces at its ends or doubled', () => {
    const texts = textsIn(words);
    expect(texts.length).toBeGreaterThan(150);
    expect(texts.filter((text) => text !== text.normalize('NFC'))).toEqual([]);
    expect(texts.filter((text) => /^\s|\s$|\s\s/.test(text))).toEqual([]);
  });

  test('no text holds Markdown or HTML, or would break a row of a table', () => {
    expect(textsIn(words).filter((text) => /[`*|<>\n]/.test(text))).toEqual([]);
  });
});

describe('a reason with a part that differs', () => {
  const happened = (outcome: string, reason: string) => adviceFor(english, outcome, reason)?.happened;

  test.each(['refused by the carrier: SIP 503', 'refused by the carrier: cause 38'])('%s', (reason) => {
    expect(happened('not-answered', reason)).toBe(english.situations.callBackFailed.happened);
    expect(reasonName(vietnamese, 'not-answered', reason)).toMatch(/^nhà mạng từ chối: .*\d\d$/);
  });

  test('the name of an unexpected error is a fault of the program; a fault with advice of its own is not', () => {
    expect(happened('fault', 'TypeError')).toBe(english.situations.programFault.happened);
    expect(happened('fault', 'the database is away')).toBe(english.situations.databaseAway.happened);
    expect(reasonName(vietnamese, 'fault', 'TypeError')).toBe('lỗi chương trình: TypeError');
  });

  test.each([
    ['all lines are busy (1 call in this row)', '1'],
    ['all lines are busy (29000 calls in this row)', '29000'],
    ['all lines are busy (at least 512 calls in this row)', 'ít nhất 512'],
  ])('a row that refused calls share: %s', (reason, calls) => {
    expect(happened('limited', reason)).toBe(english.situations.overloaded.happened);
    expect(reasonName(vietnamese, 'limited', reason)).toBe(
      `mọi đường dây đều bận (chung cho ${calls} cuộc gọi)`,
    );
  });
});

test('the same reason of two outcomes has the advice of each', () => {
  const say = (outcome: string) => adviceFor(vietnamese, outcome, 'no entries left')?.say;
  expect(say('mismatch')).toBe(vietnamese.situations.noMatch.say);
  expect(say('bad-input')).toBe(vietnamese.situations.wrongLengths.say);
});

test('a reason has a Vietnamese name, and in English is shown as recorded', () => {
  for (const [outcome, reason] of everyEnding) {
    expect(reasonName(english, outcome, reason)).toBe(reason);
    expect(reasonName(vietnamese, outcome, reason)).not.toBe(reason);
  }
});

test.each([
  ['hung-up', 'a reason of another version'],
  ['limited', 'heard, then stored'],
  ['constructor', 'name'],
])('there is no advice for %s: %s, which is shown as recorded', (outcome, reason) => {
  expect(adviceFor(vietnamese, outcome, reason)).toBeNull();
  expect(reasonName(vietnamese, outcome, reason)).toBe(reason);
});

test('a call without a verdict is told from one whose number was withheld', () => {
  expect(explainVerdict(english, null).name).toBe('not judged');
  expect(explainVerdict(english, 'withheld').name).toBe('withheld');
  expect(explainVerdict(english, 'constructor')).toEqual({ name: 'constructor', means: '' });
});

/** All texts below a value. */
function textsIn(value: AdviceWords | object | string | null): string[] {
  if (typeof value === 'string') return [value];
  return Object.values(value ?? {}).flatMap((below: object | string | null) => textsIn(below));
}
