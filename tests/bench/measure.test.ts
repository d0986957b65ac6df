import { faultOf, measure, readingsOf } from '../../tools/bench/measure.ts';

/** A call in which each recording has 5 packets, 20 ms apart, and the next begins `turnMs` after the last packet. */
function call(names: readonly string[], { turnMs = 20, keyUpAtMs = [] as number[] } = {}) {
  const arrivedAtMs: number[] = [];
  const heard = names.map((name) => {
    const first = arrivedAtMs.length;
    for (let packet = 0; packet < 5; packet++)
      arrivedAtMs.push((arrivedAtMs.at(-1) ?? 0) + (packet === 0 ? turnMs : 20));
    return { name, first, last: first + 4, isWhole: true };
  });
  return { heard, arrivedAtMs, keyUpAtMs };
}

const digits = (password: string) => Array.from(password, (digit) => `digits/${digit}`);
const said = (first: string, second = first) => [
  ...['menu', 'enter-code-10', 'please-wait', 'password-intro'].map((name) => `hotline/${name}`),
  ...digits(first),
  'hotline/changed',
  ...digits(second),
  'hotline/offer-reading',
];
const keys = Array.from({ length: 11 }, (_, index) => index);

test('a call that said everything has no fault, and tells its password', () => {
  const good = call(said('12345678'), { keyUpAtMs: keys });
  expect(faultOf(good)).toBeNull();
  expect(readingsOf(good)).toEqual(['12345678', '12345678']);
});

test.each([
  [
    'another word',
    call(said('12345678').with(2, 'hotline/mismatch'), { keyUpAtMs: keys }),
    /expected please-wait after menu/,
  ],
  ['a digit too few', call(said('1234567'), { keyUpAtMs: keys }), /expected digit/],
  ['another second reading', call(said('12345678', '12345670'), { keyUpAtMs: keys }), /another password/],
  [
    'an end before the offer',
    call(said('12345678').slice(0, -1), { keyUpAtMs: keys }),
    /expected offer-reading/,
  ],
  ['a key too few', call(said('12345678'), { keyUpAtMs: keys.slice(1) }), /10 keys were sent/],
])('a call with %s is wrong', (_what, wrong, why) => {
  expect(faultOf(wrong)).toMatch(why);
});

test('a word that was cut is wrong, but for those that a key or the end cuts', () => {
  const cut = (at: number) => {
    const whole = call(said('12345678'), { keyUpAtMs: keys });
    return faultOf({ ...whole, heard: whole.heard.with(at, { ...whole.heard[at]!, isWhole: false }) });
  };
  expect([0, 1, 21].map(cut)).toEqual([null, null, null]);
  expect(cut(12)).toBe('changed was not heard whole');
});

test('times are measured from packet to packet, less the packet that a turn lasts anyway', () => {
  const [menuEnds, questionEnds] = [120, 240];
  const keyUpAtMs = [menuEnds - 5, ...Array.from({ length: 10 }, (_, index) => questionEnds - 30 + index)];
  const measured = measure(call(said('12345678'), { turnMs: 40, keyUpAtMs }));
  expect(measured).toEqual({
    menuTurn: 45,
    bargeIn: 50, // the last packet is heard for 20 ms
    deadAir: questionEnds + 40 - keyUpAtMs.at(-1)!,
    matchTurn: 20,
    changeTurn: 20,
    gap: 40, // between the recordings of a sentence
  });
});
