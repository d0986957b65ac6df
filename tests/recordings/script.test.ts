import { parseScript, ScriptError, soundOf } from '../../src/recordings/script.ts';

const voice = 'voice: { name: vi, speed: 170, pitch: 50, digitSpeed: 95, digitMs: [440, 620] }\n';
const withPrompts = (...prompts: string[]): string =>
  `${voice}prompts:\n${prompts.map((p) => `  - ${p}\n`).join('')}`;
const faultOf = (yaml: string): string => {
  try {
    parseScript(yaml, 'sounds/vi/prompts.yaml');
  } catch (error) {
    if (error instanceof ScriptError) return error.message;
    throw error;
  }
  return 'no fault found';
};

test('a digit is played as digits/7 and any other prompt as hotline/<name>', () => {
  expect(soundOf({ name: 'digits/7' })).toBe('digits/7');
  expect(soundOf({ name: 'menu' })).toBe('hotline/menu');
});

test('decomposed letters are read like composed ones', () => {
  const script = parseScript(withPrompts(`{ name: digits/8, when: x, text: ${'tám'.normalize('NFD')} }`));
  expect(script.prompts[0]!.text).toBe('tám'.normalize('NFC'));
});

describe('an invalid script is refused with the prompt and what is allowed', () => {
  test.each([
    ['neither text nor silence', '{ name: menu, when: x }', /prompt "menu": either text or silenceMs/],
    [
      'both text and silence',
      '{ name: menu, when: x, text: a, silenceMs: 500 }',
      /prompt "menu": either text or silenceMs/,
    ],
    ['an empty text', '{ name: menu, when: x, text: "" }', /prompt "menu": text: .*1 character/],
    ['no description of when it plays', '{ name: menu, text: a }', /prompt "menu": when: /],
    ['a misspelt field', '{ name: menu, when: x, txet: a, text: b }', /prompt "menu": .*txet/],
    [
      'a name that leaves the folder',
      '{ name: ../menu, when: x, text: a }',
      /prompt "..\/menu": name: .*lower-case letters/,
    ],
    ['no name', '{ when: x, text: a }', /prompt "number 1": name: /],
    [
      'a speed that nobody can follow',
      '{ name: menu, when: x, text: a, speed: 900 }',
      /prompt "menu": speed: .*300/,
    ],
    [
      'an endless silence',
      '{ name: pause, when: x, silenceMs: 9999999 }',
      /prompt "pause": silenceMs: .*60000/,
    ],
    [
      'a silence with a speed',
      '{ name: pause, when: x, silenceMs: 500, speed: 100 }',
      /prompt "pause": silence has no speed/,
    ],
    [
      'names of phonemes',
      `{ name: menu, when: x, text: "Bấm [[x'o1N]]." }`,
      /prompt "menu": text: .*goes to pronunciations/,
    ],
    [
      'a second text for the voice, which could say something else',
      '{ name: menu, when: x, text: a, spoken: b }',
      /prompt "menu": .*spoken/,
    ],
  ])('%s', (_, prompt, message) => {
    expect(faultOf(withPrompts(prompt))).toMatch(message);
  });

  test.each([
    ['an abbreviation', 'Gọi cho VNPT.', 'VNPT'],
    ['letters and digits', 'Từ 8h sáng.', '8h'],
    ['a number that is no amount', 'Gọi số 1900 12 34.', '1900'],
  ])('%s without a pronunciation, which the voice would mispronounce', (_, text, written) => {
    expect(faultOf(withPrompts(`{ name: menu, when: x, text: "${text}" }`))).toBe(
      `sounds/vi/prompts.yaml: prompt "menu": text: the voice would mispronounce "${written}": ` +
        'write it in words, or add it to pronunciations with how it is said',
    );
  });

  test('a pronunciation of something that no text can have as its words', () => {
    expect(
      faultOf(`pronunciations: { "a, b": a }\n${withPrompts('{ name: menu, when: x, text: a }')}`),
    ).toMatch(/prompts.yaml: pronunciations.a, b: expected what stands in a text/);
  });

  test('a name used twice', () => {
    const menu = '{ name: menu, when: x, text: a }';
    expect(faultOf(withPrompts(menu, menu))).toMatch(
      /each name must be unique, but these are repeated: menu/,
    );
  });

  test('text that is not YAML, with the line number', () => {
    expect(faultOf('voice: [')).toMatch(/^sounds\/vi\/prompts.yaml: .*line 1/);
  });

  test.each(['', '[]', 'prompts: 5'])('a file that is not a script at all: %p', (yaml) => {
    expect(faultOf(yaml)).toMatch(/^sounds\/vi\/prompts.yaml: /);
  });
});
