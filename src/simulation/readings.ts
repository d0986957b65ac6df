/** What a caller makes of the sounds that were heard. */
import { isSilence } from '../call/prompts.ts';
import type { Heard } from './fake-channel.ts';

/** A password as it was read once, without another word in it. */
export interface Reading {
  readonly digits: string;
  /** Whether each of its digits was heard to its end, and all that were to be read. */
  readonly isWhole: boolean;
}

/** @param length of a password, in digits */
export function readingsIn(heard: readonly Heard[], length: number): Reading[] {
  const readings: Heard[][] = [];
  let isOpen = false;
  for (const one of heard) {
    if (isSilence(one.sound)) continue;
    const isDigit = one.sound.startsWith('digits/');
    // One that was begun anew, after a hold, is another reading.
    if (isDigit && isOpen && readings.at(-1)!.length < length) readings.at(-1)!.push(one);
    else if (isDigit) readings.push([one]);
    isOpen = isDigit;
  }
  return readings.map((digits) => ({
    digits: digits.map(({ sound }) => sound.slice('digits/'.length)).join(''),
    isWhole: digits.length === length && digits.every(({ complete }) => complete),
  }));
}

/**
 * The longest time, ms, in which nothing was said and no key pressed, between the answer and the end.
 *
 * @param keyedAt when keys were pressed, ms after the answer
 */
export function longestSilence(
  heard: readonly { readonly atMs: number; readonly endMs: number; readonly sound: string }[],
  keyedAt: readonly number[],
  endedAt: number,
): number {
  const spoken = heard.filter(({ sound }) => !isSilence(sound));
  const ends = [
    ...spoken.map(({ atMs, endMs }) => [atMs, endMs] as const),
    ...keyedAt.map((atMs) => [atMs, atMs] as const),
    [endedAt, endedAt] as const,
  ].sort(([one], [other]) => one - other);
  let longest = 0;
  let quietSince = 0;
  for (const [from, until] of ends) {
    longest = Math.max(longest, from - quietSince);
    quietSince = Math.max(quietSince, until);
  }
  return longest;
}
