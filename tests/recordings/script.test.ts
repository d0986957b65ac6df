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
      'a silence that is spoken',
      '{ name: pause, when: x, silenceMs: 500, spoken: a }',
      /prompt "pause": silence has neither/,
    ],
  ])('%s', (_, prompt, message) => {
    expect(faultOf(withPrompts(prompt))).toMatch(message);
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
