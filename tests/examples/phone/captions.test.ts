import { addEvent, type Caption, type CallEvent } from '../../../examples/phone/captions.ts';

const captionsOf = (...events: CallEvent[]) => events.reduce(addEvent, [] as readonly Caption[]);
const heard = (name: string): CallEvent => ({ kind: 'heard', name });
const keyed = (key: string): CallEvent => ({ kind: 'keyed', key });
const ended = (name: string, complete = true): CallEvent => ({ kind: 'ended', name, complete });

test('a prompt, the keys that interrupt it and the next prompt are three lines', () => {
  expect(
    captionsOf(
      heard('hotline/enter-code-10'),
      ...[keyed('0'), keyed('1'), ended('hotline/enter-code-10', false), keyed('2')],
      heard('hotline/please-wait'),
      ended('hotline/please-wait'),
    ),
  ).toEqual([
    { kind: 'prompt', text: 'hotline/enter-code-10', isCutOff: true },
    { kind: 'keyed', text: '012' },
    { kind: 'prompt', text: 'hotline/please-wait' },
  ]);
});

test('the digits of a reading share a line, and those of the next reading have another', () => {
  expect(
    captionsOf(
      heard('digits/8'),
      ended('digits/8'),
      heard('digits/0'),
      heard('hotline/changed'),
      heard('digits/8'),
    ),
  ).toEqual([
    { kind: 'digits', text: '80' },
    { kind: 'prompt', text: 'hotline/changed' },
    { kind: 'digits', text: '8' },
  ]);
});

test('of a prompt that was heard twice, the one that is interrupted is the last', () => {
  const twice = captionsOf(
    heard('hotline/menu'),
    ended('hotline/menu'),
    heard('hotline/menu'),
    ended('hotline/menu', false),
  );
  expect(twice.map(({ isCutOff = false }) => isCutOff)).toEqual([false, true]);
});

test('sound that belongs to no recording is said once, until something is recognised', () => {
  const kinds = captionsOf({ kind: 'unknown' }, { kind: 'unknown' }, heard('digits/1'), { kind: 'unknown' });
  expect(kinds.map(({ kind }) => kind)).toEqual(['unknown', 'digits', 'unknown']);
});
