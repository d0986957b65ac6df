import { sayKey, sayPassword } from '../../src/commands/call-verdict.ts';
import type { TranscriptEntry } from '../../src/sip-caller/transcript.ts';

const heard = (name: string) => ({ kind: 'heard', name: `hotline/${name}`, atMs: 0 }) as const;
const keyed = { kind: 'keyed', keys: '2', atMs: 0 } as const;
const unknown = { kind: 'unknown', atMs: 0 } as const;

/** What is said of a call in which this happened, and the exit code. */
function say(of: (call: Parameters<typeof sayKey>[1], write: (line: string) => void) => number) {
  return (...entries: TranscriptEntry[]) => {
    const lines: string[] = [];
    const exit = of({ transcript: () => entries, digitsHeard: () => [] }, (line) => lines.push(line));
    return [exit, ...lines];
  };
}
const ofKey = say((call, write) => sayKey('2', call, write));
const ofPassword = say(sayPassword);
const notRecognised =
  'The menu was not recognised: it is no recording of the hotline. --type-ahead presses the keys without listening for it.';

test('what is said before the menu is not what the key leads to', () => {
  expect(ofKey(heard('fee'), heard('menu'), keyed, heard('goodbye'))).toEqual([
    0,
    'Key 2 leads to: goodbye.',
  ]);
});

test("an admin's own recording behind the key is named once, however long it is", () => {
  expect(ofKey(heard('menu'), keyed, unknown, unknown, heard('goodbye'))).toEqual([
    0,
    'Key 2 leads to: a recording of your own, goodbye.',
  ]);
});

test('a key that was never pressed leads nowhere that is known', () => {
  expect(ofKey(unknown, heard('menu-silence'))).toEqual([1, `Key 2 was not pressed. ${notRecognised}`]);
  expect(ofKey(heard('goodbye'))).toEqual([1, 'Key 2 was not pressed. The menu was not heard.']);
  expect(ofKey(heard('menu'), keyed, heard('menu-invalid'))).toEqual([
    1,
    expect.stringMatching(/^Key 2 leads nowhere\./),
  ]);
});

test('no password, since the menu is no recording of the hotline: said, with the way out', () => {
  expect(ofPassword(unknown, heard('goodbye'))).toEqual([1, `No password was heard. ${notRecognised}`]);
  expect(ofPassword(heard('menu'), keyed, heard('mismatch'))).toEqual([1, 'No password was heard.']);
});
