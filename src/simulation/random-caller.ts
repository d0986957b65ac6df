/** A caller who does what callers do, drawn from dice: the same throws make the same caller. */
import { normalisePhone } from '../accounts/phone-number.ts';
import type { Sound } from '../call/channel.ts';
import type { ScriptSettings } from '../hotline/context.ts';
import type { Dice } from './dice.ts';
import type { MenuKeys } from './menu.ts';
import type { Caller } from './scripted-caller.ts';
import { codesOf, type Citizen } from './simulated-hotline.ts';

interface Surroundings {
  readonly citizens: readonly Citizen[];
  readonly siteKeys: MenuKeys;
  readonly lengths: ReadonlyMap<Sound, number>;
  readonly script: Pick<ScriptSettings, 'codeLengths'>;
}

type Line = Parameters<Caller>[1];

/** What a caller keys instead of the code, and how many of a hundred do. */
const answers = [
  ['right', 55],
  ['wrong', 12],
  ["somebody else's", 8],
  ['too short', 7],
  ['nothing', 8],
  ['again', 6],
  ['operator', 4],
] as const;

/** The number that a random caller has. Empty: withheld. */
export function randomNumber(dice: Dice, citizens: readonly Citizen[]): string {
  const known = dice.oneOf(citizens).phone.replace('+84', '0');
  const unknown = `09${digits(dice, 8)}`;
  const strange = dice.oneOf(['anonymous', '+12025550123', '113']);
  const throws = dice.number(1, 100);
  return throws <= 70 ? known : throws <= 82 ? unknown : throws <= 94 ? '' : strange;
}

/** @param number as of {@link randomNumber} */
export function randomCaller(dice: Dice, number: string, around: Surroundings): Caller {
  return new RandomCaller(dice, number, around).hear;
}

class RandomCaller {
  readonly #dice: Dice;
  readonly #around: Surroundings;
  readonly #ownCodes: readonly string[];
  /** When this one hangs up, ms after the answer; undefined: not before the end. */
  readonly #hangsUpAt: number | undefined;
  /** The next question is answered already. */
  #hasKeyedAhead = false;

  constructor(dice: Dice, number: string, around: Surroundings) {
    this.#dice = dice;
    this.#around = around;
    const phone = normalisePhone(number);
    const owners = around.citizens.filter((one) => one.phone === phone);
    this.#ownCodes = owners.flatMap((owner) => codesOf(owner, around.script));
    this.#hangsUpAt = dice.happens(35) ? dice.number(0, 75_000) : undefined;
  }

  readonly hear: Caller = (sound, line, index) => {
    if (index === 0 && this.#hangsUpAt !== undefined) line.after(this.#hangsUpAt, () => line.hangUp());
    const prompt = sound.replace('hotline/', '');
    if (prompt === 'menu') this.#chooseBranch(sound, line);
    else if (/^enter-/.test(prompt)) this.#enterCode(sound, line);
    else if (prompt.startsWith('offer-')) this.#choose(['0', '1', ''], sound, line);
    else if (!prompt.startsWith('silence') && !prompt.startsWith('pause') && this.#dice.happens(2))
      this.#choose(['0', '5', '#', '*'], sound, line);
  };

  #chooseBranch(sound: Sound, line: Line): void {
    const others = ['0', '9', '7', '*', '', ...this.#around.siteKeys.keys()];
    const key = this.#dice.happens(92) ? '8' : this.#dice.oneOf(others);
    const isAhead = key === '8' && this.#dice.happens(20);
    const keys = isAhead ? key + this.#answer() : key;
    this.#hasKeyedAhead ||= isAhead;
    this.#type(keys, this.#wait(sound), line);
  }

  #enterCode(sound: Sound, line: Line): void {
    const isAnswered = this.#hasKeyedAhead;
    this.#hasKeyedAhead = false;
    if (!isAnswered) this.#type(this.#answer(), this.#wait(sound), line);
  }

  #choose(keys: readonly string[], sound: Sound, line: Line): void {
    this.#type(this.#dice.oneOf(keys), this.#wait(sound), line);
  }

  /** Some know what is said and press a key in the middle of it; the others wait for its end. */
  #wait(sound: Sound): number {
    const lengthMs = this.#around.lengths.get(sound) ?? 1000;
    const isBargeIn = this.#dice.happens(40);
    return Math.round(isBargeIn ? this.#dice.number(100, lengthMs) : lengthMs + this.#dice.number(200, 6000));
  }

  #type(keys: string, afterMs: number, line: Line): void {
    let atMs = afterMs;
    for (const key of keys) {
      line.after(atMs, () => line.press(key));
      atMs += this.#dice.happens(1) ? 5500 : this.#dice.number(80, 900);
    }
  }

  #answer(): string {
    const length = this.#dice.oneOf(this.#around.script.codeLengths);
    const right = this.#ownCodes.length === 0 ? digits(this.#dice, length) : this.#own;
    switch (this.#kind) {
      case 'right':
        return right;
      case 'wrong':
        return digits(this.#dice, length);
      case "somebody else's":
        return this.#dice.oneOf(this.#around.citizens).bhxhCode;
      case 'too short':
        return `${digits(this.#dice, this.#dice.number(1, length - 1))}#`;
      case 'again':
        this.#hasKeyedAhead = true; // the question behind the star
        return `${right.slice(0, this.#dice.number(1, 9))}*${right}`;
      case 'operator':
        return '0#';
      case 'nothing':
        return '';
    }
  }

  get #own(): string {
    return this.#dice.oneOf(this.#ownCodes);
  }

  get #kind(): (typeof answers)[number][0] {
    let left = this.#dice.number(1, 100);
    for (const [kind, percent] of answers) if ((left -= percent) <= 0) return kind;
    return 'right';
  }
}

function digits(dice: Dice, count: number): string {
  return Array.from({ length: count }, () => dice.number(0, 9)).join('');
}
