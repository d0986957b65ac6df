/** Repeatable random numbers: the same seed always gives the same throws. */

export class Dice {
  #state: number;

  /** @param seed any text or number; similar seeds give unrelated throws */
  constructor(seed: string | number) {
    // FNV-1a, so that every character of the seed counts.
    this.#state =
      Array.from(String(seed)).reduce(
        (hash, character) => Math.imul(hash ^ character.codePointAt(0)!, 16777619),
        2166136261,
      ) >>> 0;
  }

  /** A whole number from `min` to `max`, both included. */
  number(min: number, max: number): number {
    return min + Math.floor(this.#next() * (max - min + 1));
  }

  /** Any one of the choices. */
  oneOf<T>(choices: readonly T[]): T {
    return choices[this.number(0, choices.length - 1)]!;
  }

  /** True in about `percent` of 100 throws. */
  happens(percent: number): boolean {
    return this.number(1, 100) <= percent;
  }

  /** The same things in another order. */
  shuffled<T>(things: readonly T[]): T[] {
    const left = [...things];
    return things.map(() => left.splice(this.number(0, left.length - 1), 1)[0]!);
  }

  /** From 0 up to 1, by mulberry32 (Tommy Ettinger, public domain). */
  #next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
