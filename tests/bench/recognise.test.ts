import { join } from 'node:path';
import { indexSound } from '../../src/sip-caller/indexed-sound.ts';
import { loadSounds } from '../../src/sip-caller/sound-index.ts';
import { recognise } from '../../tools/bench/recognise.ts';
import { Recordings } from '../../tools/bench/recordings.ts';

const frameBytes = 160;
const silence = Buffer.alloc(frameBytes, 0xd5);
/** A frame that no other recording has, unless it is given the same number. */
const frame = (number: number) => Buffer.alloc(frameBytes, number);
const sound = (name: string, ...frames: Buffer[]) => indexSound(name, Buffer.concat(frames));

const [a, b, c, shared] = [frame(1), frame(2), frame(3), frame(9)];
const recordings = new Recordings([
  sound('one', silence, a, b, shared, silence),
  sound('two', silence, shared, c, frame(4).subarray(0, 80)),
]);
const hear = (...packets: Buffer[]) =>
  recognise(
    packets.map((packet) => recordings.numberOf(packet)),
    recordings,
  );

test('a recording is heard from its first frame to its last, with the silence that is part of it', () => {
  expect(hear(silence, silence, a, b, shared, silence, silence)).toEqual([
    { name: 'one', first: 1, last: 5, isWhole: true },
  ]);
});

test('frames that two recordings have belong to the one they stand in', () => {
  expect(hear(silence, a, b, shared, silence, silence, shared, c, frame(4).subarray(0, 80))).toEqual([
    { name: 'one', first: 0, last: 4, isWhole: true },
    { name: 'two', first: 5, last: 8, isWhole: true },
  ]);
});

test('a recording that was cut short, or lost a packet, is not whole', () => {
  expect(hear(silence, a, b)).toEqual([{ name: 'one', first: 0, last: 2, isWhole: false }]);
  expect(hear(silence, a, shared, silence)).toEqual([{ name: 'one', first: 0, last: 1, isWhole: false }]);
});

test('silence and sound of no recording are nothing', () => {
  expect(hear(silence, frame(77), silence)).toEqual([]);
});

test('every shipped recording is recognised, one behind the other', async () => {
  const sounds = await loadSounds(join(import.meta.dirname, '../../sounds/vi'));
  const shipped = new Recordings(sounds);
  const packets = sounds.flatMap(({ frames }) => frames.map((text) => Buffer.from(text, 'latin1')));
  const heard = recognise(
    packets.map((packet) => shipped.numberOf(packet)),
    shipped,
  );
  expect(heard.map(({ name, isWhole }) => ({ name, isWhole }))).toEqual(
    sounds.map(({ name }) => ({ name, isWhole: true })),
  );
});
