/** What is measured of a call, and the words that every system must say. */
import { packetMs } from '../../src/sip-caller/packet-length.ts';
import type { CallHeard } from './listen.ts';

/** Ms. */
export interface CallMeasures {
  /** From the last key's way up to the first packet of "please wait". 430 of it is the pause after keying. */
  readonly deadAir: number;
  /** From `8`'s way up to the first packet of the question. */
  readonly menuTurn: number;
  /** From the last packet of "please wait" to the first of the password's sentence, less one packet. */
  readonly matchTurn: number;
  /** From the last packet of the first reading to the first of "changed", less one packet. 430 of it is the pause after the digit. */
  readonly changeTurn: number;
  /** The widest spacing of two packets within a sentence. */
  readonly gap: number;
  /** From the way up of the code's first key to the end of the question's last packet. */
  readonly bargeIn: number;
}

const reading = Array.from({ length: 8 }, () => 'digit');
/** Up to where callers hang up: in or behind the offer. */
const said = [
  ...['menu', 'enter-code-10', 'please-wait', 'password-intro'],
  ...reading,
  'changed',
  ...reading,
  'offer-reading',
];
/** Cut short by a key, or by the end of the call. */
const isCut = ['menu', 'enter-code-10', 'offer-reading'];
const keys = 11;

/** What was said, without which digits: `menu`, `digit`. */
export function wordsOf({ heard }: Pick<CallHeard, 'heard'>): string[] {
  return heard.map(({ name }) => (name.startsWith('digits/') ? 'digit' : name.replace('hotline/', '')));
}

/** @returns what is wrong with a call, from its sound alone; null if nothing is */
export function faultOf(call: CallHeard): string | null {
  const words = wordsOf(call).slice(0, said.length);
  const wrongAt = said.findIndex((word, at) => words[at] !== word);
  if (wrongAt >= 0)
    return `expected ${said[wrongAt]} after ${said.slice(0, wrongAt).join(' ')}, heard ${words.slice(wrongAt).join(' ')}`;
  const cut = call.heard
    .slice(0, said.length)
    .findIndex(({ isWhole }, at) => !isWhole && !isCut.includes(said[at]!));
  if (cut >= 0) return `${said[cut]} was not heard whole`;
  if (call.keyUpAtMs.length !== keys) return `${call.keyUpAtMs.length} keys were sent, not ${keys}`;
  const [first, second] = readingsOf(call);
  return first === second ? null : 'the second reading was of another password';
}

/** The digits of both readings. @param call without a fault */
export function readingsOf({ heard }: Pick<CallHeard, 'heard'>): [string, string] {
  const digits = heard.flatMap(({ name }) => /^digits\/(\d)$/.exec(name)?.[1] ?? []).join('');
  return [digits.slice(0, 8), digits.slice(8, 16)];
}

/** @param call without a fault */
export function measure({ heard, arrivedAtMs, keyUpAtMs }: CallHeard): CallMeasures {
  const start = (at: number) => arrivedAtMs[heard[at]!.first]!;
  const end = (at: number) => arrivedAtMs[heard[at]!.last]!;
  const [menuKeyUp = 0, firstKeyUp = 0] = keyUpAtMs;
  const [question, wait, intro, changed] = [1, 2, 3, 12];
  const widest = (from: number, to: number) => {
    const times = arrivedAtMs.slice(heard[from]!.first, heard[to]!.last + 1);
    return Math.max(...times.slice(1).map((atMs, index) => atMs - times[index]!));
  };
  return {
    deadAir: start(wait) - keyUpAtMs.at(-1)!,
    menuTurn: start(question) - menuKeyUp,
    matchTurn: start(intro) - end(wait) - packetMs,
    changeTurn: start(changed) - end(changed - 1) - packetMs,
    gap: Math.max(
      widest(0, 0),
      widest(question, question),
      widest(wait, wait),
      widest(intro, changed - 1),
      widest(changed, changed + 8),
    ),
    bargeIn: Math.max(0, end(question) + packetMs - firstKeyUp),
  };
}
