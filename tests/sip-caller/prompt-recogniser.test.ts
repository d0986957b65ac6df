import fc from 'fast-check';
import { PromptRecogniser } from '../../src/sip-caller/prompt-recogniser.ts';
import { indexSound, type IndexedSound } from '../../src/sip-caller/indexed-sound.ts';

const silentFrame = Buffer.alloc(160, 0xd5);

/** A recording with one frame for each letter, all different; a dot is a frame of silence. */
function recording(voice: string): Buffer {
  return Buffer.concat(
    Array.from(voice, (letter) => (letter === '.' ? silentFrame : Buffer.alloc(160, letter))),
  );
}

const letters = (from: number, count: number): string =>
  Array.from({ length: count }, (_, i) => String.fromCharCode(from + i)).join('');

const welcome = `..${letters(0x21, 8)}..${letters(0x40, 6)}...`;
const goodbye = `..${letters(0x21, 8)}.${letters(0x50, 6)}..`; // begins like welcome
const sorry = letters(0x61, 6);
const sorryLong = `${sorry}...${letters(0x71, 6)}`; // sorry is the beginning of it
const one = `.${letters(0x30, 5)}.`;
const voices = { welcome, goodbye, sorry, 'sorry-long': sorryLong, one };
const allSounds: readonly IndexedSound[] = Object.entries(voices).map(([name, voice]) =>
  indexSound(name, recording(voice)),
);

/** What the recogniser reports for a stream; a space is a lost packet. Each packet is 20 ms. */
function recognise(stream: string, sounds = allSounds): string[] {
  const said: string[] = [];
  const recogniser = new PromptRecogniser(sounds, {
    heard: (name, atMs) => said.push(`${name} from ${atMs}`),
    ended: (name, { endedAtMs, complete }) =>
      said.push(`${name} ${complete ? 'whole' : 'cut'} at ${endedAtMs}`),
    unknown: (atMs) => said.push(`unknown from ${atMs}`),
  });
  let [lost, first] = [0, true];
  for (const [index, letter] of Array.from(stream).entries()) {
    if (letter === ' ') {
      lost += 1;
      continue;
    }
    recogniser.hear({
      payload: recording(letter),
      arrivedAtMs: index * 20,
      lost: first ? 0 : lost,
      first,
    });
    [lost, first] = [0, false];
  }
  recogniser.pause();
  return said;
}

const names = (said: string[]): string[] =>
  said.filter((line) => line.includes('from')).map((line) => line.split(' ')[0] ?? '');

test('recordings played one after the other are each heard with their times', () => {
  expect(recognise(one + one + sorry + one)).toEqual([
    'one from 0',
    'one whole at 140',
    'one from 140',
    'one whole at 280',
    'sorry from 280',
    'sorry whole at 400',
    'one from 400',
    'one whole at 540',
  ]);
});

test('recordings with the same beginning are distinguished where they start to differ', () => {
  expect(recognise(welcome)).toEqual(['welcome from 0', `welcome whole at ${welcome.length * 20}`]);
  expect(recognise(goodbye)).toEqual(['goodbye from 0', `goodbye whole at ${goodbye.length * 20}`]);
});

test('a recording is named as soon as no other fits, not only at its end', () => {
  expect(recognise(welcome.slice(0, 13))[0]).toBe('welcome from 0');
  expect(recognise(welcome.slice(0, 9))).toEqual([]); // could still be goodbye
});

test('a recording that is the beginning of a longer one is distinguished from it', () => {
  expect(recognise(`${sorry}....${one}`)).toEqual([
    'sorry from 0',
    'sorry whole at 120',
    'one from 200',
    'one whole at 340',
  ]);
  expect(recognise(sorryLong)).toEqual(['sorry-long from 0', 'sorry-long whole at 300']);
  expect(recognise(sorry)).toEqual(['sorry from 0', 'sorry whole at 120']);
  expect(recognise(sorry + sorry)).toEqual([
    'sorry from 0',
    'sorry whole at 120',
    'sorry from 120',
    'sorry whole at 240',
  ]);
});

test('a key that cuts a prompt short ends it at its last sound', () => {
  expect(recognise(welcome.slice(0, 14) + one)).toEqual([
    'welcome from 0',
    'welcome cut at 280',
    'one from 280',
    'one whole at 420',
  ]);
});

test('a prompt cut short in a pause does not take the silence at the start of the next one', () => {
  expect(recognise(`${sorryLong.slice(0, 11)}.${one}`)).toEqual([
    'sorry-long from 0',
    'sorry-long cut at 220',
    'one from 240',
    'one whole at 380',
  ]);
  expect(recognise(`${welcome.slice(0, 20)}${one}`)).toEqual([
    'welcome from 0',
    'welcome whole at 420',
    'one from 400',
    'one whole at 540',
  ]);
});

test('a prompt cut short by itself is heard twice', () => {
  expect(names(recognise(sorryLong.slice(0, 12) + sorryLong))).toEqual(['sorry-long', 'sorry-long']);
});

test('a prompt is cut off when the call ends during it', () => {
  expect(recognise(sorryLong.slice(0, 12))).toEqual(['sorry-long from 0', 'sorry-long cut at 240']);
});

test('silence is not reported and proves nothing, however long', () => {
  expect(recognise('.'.repeat(500))).toEqual([]);
  expect(recognise(`${'.'.repeat(100)}${one}${'.'.repeat(100)}`)).toEqual([
    'one from 2000',
    'one whole at 2140',
  ]);
});

test('A-law has four codes for silence', () => {
  expect(indexSound('quiet', Buffer.from([0xd5, 0x55, 0xd4, 0x54])).audible).toBe(false);
  expect(indexSound('click', Buffer.from([0xd5, 0x55, 0xd4, 0x2a])).audible).toBe(true);
});

test('lost packets neither hide a recording nor make it count as cut off', () => {
  const hole = (voice: string, ...at: number[]) =>
    Array.from(voice, (letter, index) => (at.includes(index) ? ' ' : letter)).join('');
  expect(recognise(one + hole(sorryLong, 4, 5, 10) + one)).toEqual([
    'one from 0',
    'one whole at 140',
    'sorry-long from 140',
    'sorry-long whole at 440',
    'one from 440',
    'one whole at 580',
  ]);
  expect(names(recognise(hole(one + sorryLong + one, 6, 7, 8)))).toEqual(['one', 'sorry-long', 'one']); // across a boundary
  expect(names(recognise(hole(one, 0, 1)))).toEqual(['one']); // before the first packet
});

test('a shorter last packet belongs to its recording', () => {
  const said: string[] = [];
  const recogniser = new PromptRecogniser(
    [indexSound('odd', Buffer.concat([recording('abcd'), Buffer.alloc(77, 'e')]))],
    {
      heard: (name) => said.push(name),
      ended: (_, { complete }) => said.push(String(complete)),
      unknown: () => said.push('?'),
    },
  );
  const packets = [...Array.from('abcd', recording), Buffer.alloc(77, 'e')];
  for (const [index, payload] of packets.entries()) {
    recogniser.hear({
      payload,
      arrivedAtMs: index * 20,
      lost: 0,
      first: index === 0,
    });
  }
  expect(said).toEqual(['odd', 'true']);
});

test('sound that belongs to no recording is reported once', () => {
  expect(recognise(`${one}${'z'.repeat(40)}${one}`)).toEqual([
    'one from 0',
    'one whole at 140',
    'unknown from 140',
    'one from 940',
    'one whole at 1080',
  ]);
  expect(recognise(`${one}${'z'.repeat(5)}${one}`)).toHaveLength(4); // a click
});

test('any sequence of recordings is recognised, even with every eighth packet lost', () => {
  const name = fc.constantFrom(...(Object.keys(voices) as (keyof typeof voices)[]));
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 12 }), fc.nat(7), (row, offset) => {
      const stream = row.map((each) => voices[each]).join('');
      const holed = Array.from(stream, (letter, index) => (index % 8 === offset ? ' ' : letter)).join('');
      expect(names(recognise(stream))).toEqual(row);
      expect(recognise(stream).filter((line) => line.includes('cut'))).toEqual([]);
      expect(names(recognise(`${holed}..`))).toEqual(row);
    }),
  );
});
